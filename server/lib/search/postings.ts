/**
 * Where a lexeme stands: the numbers of the documents that hold it, rising, with how often each does. A document has one field
 * (it is a title or a message), so one count a posting is its count in that field.
 *
 * One posting is one or two numbers of seven bits a byte, low bits first (LEB128): the distance to the document before it, times
 * two, plus one where a count follows; no count means one. In a block the first distance counts from 0, so every block
 * can be read alone. A block is at most `mostBlockBytes` long and is only ever appended to.
 */

export interface Posting {
  readonly document: number
  readonly frequency: number
}

/** `documents` rise; `frequencies` are 1 to 255. Both have the same length. */
export interface Postings {
  readonly documents: Uint32Array
  readonly frequencies: Uint8Array
}

export interface PostingBlock {
  readonly block: number
  readonly lastDocument: number
  readonly postings: number
  readonly bytes: Uint8Array
}

/** A page of either engine holds about as much. */
export const mostBlockBytes = 4096
/** A document that holds a word more often says no more. */
export const mostFrequency = 255
/** A distance of 32 bits and its flag are five bytes, a count is two. */
const mostPostingBytes = 7

/**
 * The blocks that change when `postings` come after `tail`, the lexeme's last block so far: it and those that follow. Postings that
 * the tail already holds are left out, so doing it again changes nothing.
 */
export function appendPostings(tail: PostingBlock | null, postings: readonly Posting[]): readonly PostingBlock[] {
  const fresh = tail ? postings.filter(({ document }) => document > tail.lastDocument) : postings
  const changed: PostingBlock[] = []
  let open = openBlock(tail)
  for (const posting of fresh) {
    if (open.length + mostPostingBytes > mostBlockBytes) {
      changed.push(closeBlock(open))
      open = openBlock(null, open.block + 1)
    }
    writePosting(open, posting)
  }
  return fresh.length > 0 ? [...changed, closeBlock(open)] : changed
}

interface OpenBlock {
  readonly block: number
  readonly bytes: Uint8Array
  length: number
  lastDocument: number
  postings: number
}

function openBlock(tail: PostingBlock | null, block = tail?.block ?? 0): OpenBlock {
  const bytes = new Uint8Array(mostBlockBytes)
  if (tail) bytes.set(tail.bytes)
  return { block, bytes, length: tail?.bytes.length ?? 0, lastDocument: tail?.lastDocument ?? 0, postings: tail?.postings ?? 0 }
}

function closeBlock({ block, lastDocument, postings, bytes, length }: OpenBlock): PostingBlock {
  return { block, lastDocument, postings, bytes: bytes.slice(0, length) }
}

function writePosting(open: OpenBlock, { document, frequency }: Posting): void {
  const count = Math.min(frequency, mostFrequency)
  writeNumber(open, (document - open.lastDocument) * 2 + (count > 1 ? 1 : 0))
  if (count > 1) writeNumber(open, count)
  open.lastDocument = document
  open.postings += 1
}

function writeNumber(open: OpenBlock, value: number): void {
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) open.bytes[open.length++] = (rest % 128) + 128
  open.bytes[open.length++] = rest
}

/** The block without what is no document any more; the same block where all of them are. */
export function withoutDocuments(block: PostingBlock, isDocument: (document: number) => boolean): PostingBlock {
  const { documents, frequencies } = readPostings([block])
  if (documents.every(isDocument)) return block
  const open = openBlock(null, block.block)
  documents.forEach((document, n) => {
    if (isDocument(document)) writePosting(open, { document, frequency: frequencies[n]! })
  })
  return closeBlock(open)
}

/** All postings of a lexeme from its blocks in order. */
export function readPostings(blocks: readonly Pick<PostingBlock, 'postings' | 'bytes'>[]): Postings {
  const count = blocks.reduce((sum, block) => sum + block.postings, 0)
  const read = { documents: new Uint32Array(count), frequencies: new Uint8Array(count) }
  let n = 0
  for (const { bytes, postings } of blocks) n = readBlock(bytes, n + postings, read, n)
  return read
}

function readBlock(bytes: Uint8Array, end: number, { documents, frequencies }: Postings, start: number): number {
  let [at, document] = [0, 0]
  const next = () => {
    let [value, scale] = [0, 1]
    for (; bytes[at]! >= 128; at++, scale *= 128) value += (bytes[at]! - 128) * scale
    return value + bytes[at++]! * scale
  }
  for (let n = start; n < end; n++) {
    const distance = next()
    document += Math.floor(distance / 2)
    documents[n] = document
    frequencies[n] = distance % 2 === 1 ? next() : 1
  }
  return end
}

export const noPostings: Postings = { documents: new Uint32Array(0), frequencies: new Uint8Array(0) }

/** A word's postings out of those of its lexemes: a document that several of them name is named once, with the highest count. */
export function unitePostings(all: readonly Postings[]): Postings {
  return all.reduce(uniteTwo, noPostings)
}

function uniteTwo(a: Postings, b: Postings): Postings {
  if (a.documents.length === 0 || b.documents.length === 0) return a.documents.length === 0 ? b : a
  const documents = new Uint32Array(a.documents.length + b.documents.length)
  const frequencies = new Uint8Array(documents.length)
  let [i, j, n] = [0, 0, 0]
  while (i < a.documents.length || j < b.documents.length) {
    const [left, right] = [a.documents[i] ?? Infinity, b.documents[j] ?? Infinity]
    documents[n] = Math.min(left, right)
    frequencies[n++] = Math.max(left <= right ? a.frequencies[i]! : 0, right <= left ? b.frequencies[j]! : 0)
    if (left <= right) i++
    if (right <= left) j++
  }
  return { documents: documents.subarray(0, n), frequencies: frequencies.subarray(0, n) }
}

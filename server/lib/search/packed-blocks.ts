/** Many posting blocks as three things instead of thousands, so that handing them from thread to thread costs a copy of bytes and no more. */
import type { PostingBlock } from './postings.ts'

export interface LexemeBlock extends PostingBlock {
  readonly lexeme: string
}

export interface PackedBlocks {
  /** One a line; a lexeme holds no line feed. */
  readonly lexemes: string
  /** Four a block: its number, its last document, its postings, its bytes. */
  readonly numbers: Uint32Array
  readonly bytes: Uint8Array
}

export function packBlocks(blocks: readonly LexemeBlock[]): PackedBlocks {
  const bytes = new Uint8Array(blocks.reduce((sum, block) => sum + block.bytes.length, 0))
  let at = 0
  for (const block of blocks) {
    bytes.set(block.bytes, at)
    at += block.bytes.length
  }
  const numbers = Uint32Array.from(blocks.flatMap(({ block, lastDocument, postings, bytes: own }) => [block, lastDocument, postings, own.length]))
  return { lexemes: blocks.map((block) => block.lexeme).join('\n'), numbers, bytes }
}

export function unpackBlocks({ lexemes, numbers, bytes }: PackedBlocks): readonly LexemeBlock[] {
  let at = 0
  return numbers.length === 0 ? [] : lexemes.split('\n').map((lexeme, n) => {
    const [block, lastDocument, postings, length] = numbers.subarray(n * 4, n * 4 + 4)
    at += length!
    return { lexeme, block: block!, lastDocument: lastDocument!, postings: postings!, bytes: bytes.slice(at - length!, at) }
  })
}

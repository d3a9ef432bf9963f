import type { Selectable } from 'kysely'
import { readTerms } from '../../lib/search/document-terms.ts'
import { packBlocks, type LexemeBlock } from '../../lib/search/packed-blocks.ts'
import { appendPostings, type Posting } from '../../lib/search/postings.ts'
import { all, first, type Command } from '../command.ts'
import type { SearchDocumentTable, Sql } from '../schema.ts'
import { mostFreshDocuments, needsMerge } from '../search-conditions.ts'
import type { PlannedMerge } from '../search-index.ts'
import { padded } from './padded.ts'

/** What is merged together at most: a few very long messages must not make a very long merge. */
interface Most {
  readonly documents: number
  /** Of their terms. */
  readonly characters: number
}

const most: Most = { documents: mostFreshDocuments, characters: 2_000_000 }
/** Documents read at a time, and lexemes asked for at a time. */
const readTogether = 64
const askTogether = 400
/** Blocks of a slice: about three milliseconds of the writer. */
const sliceBlocks = 128

type FreshDocument = Pick<Selectable<SearchDocumentTable>, 'document' | 'terms'>

/**
 * Turns the fresh documents of one user into postings: reads the last block of every lexeme they hold and appends to it. All of
 * it is thought out here, in the thread that reads; the writer only puts blocks in their places.
 */
export function* planMerge(db: Sql, { documents = most.documents, characters = most.characters }: Partial<Most> = {}): Command<PlannedMerge | null> {
  const archive = yield* first(db.selectFrom('search_archive').select(['id', 'merged_document']).where(needsMerge).where('id', '>', 0).orderBy('id').limit(1))
  if (!archive) return null
  const fresh = yield* readFresh(db, archive.id, archive.merged_document, { documents, characters })
  // Numbers whose rows are gone hold nothing; they are passed over.
  const upTo = fresh.at(-1)?.document ?? archive.merged_document + mostFreshDocuments
  const blocks = yield* appendedBlocks(db, archive.id, postingsOf(fresh))
  return { archiveId: archive.id, upTo, slices: slicesOf(blocks) }
}

function* readFresh(db: Sql, archiveId: number, after: number, most: Most): Command<readonly FreshDocument[]> {
  const fresh: FreshDocument[] = []
  let characters = 0
  for (let last = after; fresh.length < most.documents && characters < most.characters;) {
    const rows = yield* all(
      db.selectFrom('search_document').select(['document', 'terms']).where('archive_id', '=', archiveId).where('document', '>', last)
        .orderBy('document').limit(readTogether),
    )
    if (rows.length === 0) break
    fresh.push(...rows)
    characters += rows.reduce((sum, row) => sum + (row.terms?.length ?? 0), 0)
    last = rows.at(-1)!.document
  }
  return fresh
}

function postingsOf(fresh: readonly FreshDocument[]): ReadonlyMap<string, readonly Posting[]> {
  const postings = new Map<string, Posting[]>()
  for (const { document, terms } of fresh) {
    for (const [lexeme, frequency] of readTerms(terms ?? '')) {
      const known = postings.get(lexeme)
      if (known) known.push({ document, frequency })
      else postings.set(lexeme, [{ document, frequency }])
    }
  }
  return postings
}

function* appendedBlocks(db: Sql, archiveId: number, postings: ReadonlyMap<string, readonly Posting[]>): Command<readonly LexemeBlock[]> {
  const lexemes = [...postings.keys()].sort()
  const changed: LexemeBlock[] = []
  for (let n = 0; n < lexemes.length; n += askTogether) {
    const asked = lexemes.slice(n, n + askTogether)
    const tails = yield* lastBlocks(db, archiveId, asked)
    for (const lexeme of asked) {
      for (const block of appendPostings(tails.get(lexeme) ?? null, postings.get(lexeme)!)) changed.push({ ...block, lexeme })
    }
  }
  return changed
}

function* lastBlocks(db: Sql, archiveId: number, lexemes: readonly string[]): Command<ReadonlyMap<string, LexemeBlock>> {
  const rows = yield* all(
    db.selectFrom('search_posting as posting').select(['lexeme', 'block', 'last_document', 'postings', 'bytes'])
      .where('archive_id', '=', archiveId).where('lexeme', 'in', padded(lexemes, askTogether, ''))
      .where('block', '=', (query) =>
        query.selectFrom('search_posting as other').select((column) => column.fn.max('other.block').as('block'))
          .whereRef('other.archive_id', '=', 'posting.archive_id').whereRef('other.lexeme', '=', 'posting.lexeme')),
  )
  return new Map(rows.map((row) => [row.lexeme, { lexeme: row.lexeme, block: row.block, lastDocument: row.last_document, postings: row.postings, bytes: row.bytes }]))
}

function slicesOf(blocks: readonly LexemeBlock[]): PlannedMerge['slices'] {
  return Array.from({ length: Math.ceil(blocks.length / sliceBlocks) }, (_, n) => packBlocks(blocks.slice(n * sliceBlocks, (n + 1) * sliceBlocks)))
}

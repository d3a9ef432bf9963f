import { packBlocks, type LexemeBlock } from '../../lib/search/packed-blocks.ts'
import { withoutDocuments } from '../../lib/search/postings.ts'
import { all, first, type Command } from '../command.ts'
import type { Sql } from '../schema.ts'
import { needsForgetting } from '../search-conditions.ts'
import type { PlannedForgetting } from '../search-index.ts'
import { padded } from './padded.ts'
import { chunkOf, shapesTogether } from './shapes.ts'

/** Lexemes gone through in one slice. */
const sliceLexemes = 100

/** The next slice of the postings of a user of whom something was purged: its blocks without the numbers that are no documents any more. */
export function* planForgetting(db: Sql): Command<PlannedForgetting | null> {
  const archive = yield* first(
    db.selectFrom('search_archive').select(['id', 'forget_after', 'purges', 'merged_document']).where(needsForgetting).where('id', '>', 0).orderBy('id').limit(1),
  )
  if (!archive) return null
  const after = archive.forget_after!
  const lexemes = yield* all(
    db.selectFrom('search_posting').select('lexeme').distinct().where('archive_id', '=', archive.id).where('lexeme', '>', after).orderBy('lexeme').limit(sliceLexemes),
  )
  const isDocument = yield* documentsOf(db, archive.id, archive.merged_document)
  const blocks = yield* all(
    db.selectFrom('search_posting').select(['lexeme', 'block', 'last_document', 'postings', 'bytes'])
      .where('archive_id', '=', archive.id).where('lexeme', 'in', padded(lexemes.map(({ lexeme }) => lexeme), sliceLexemes, '')),
  )
  const changed = blocks.flatMap((row): LexemeBlock[] => {
    const block = { block: row.block, lastDocument: row.last_document, postings: row.postings, bytes: row.bytes }
    const kept = withoutDocuments(block, isDocument)
    return kept === block ? [] : [{ ...kept, lexeme: row.lexeme }]
  })
  return { archiveId: archive.id, purges: archive.purges, after, next: lexemes.length < sliceLexemes ? null : lexemes.at(-1)!.lexeme, slice: packBlocks(changed) }
}

/** Whether a number is a document. Those that are not merged yet are left alone. */
function* documentsOf(db: Sql, archiveId: number, merged: number): Command<(document: number) => boolean> {
  const chunks = yield* all(db.selectFrom('search_shapes').select(['chunk', 'bytes']).where('archive_id', '=', archiveId))
  const shapes = new Map(chunks.map(({ chunk, bytes }) => [chunk, bytes]))
  return (document) => document > merged || (shapes.get(chunkOf(document))?.[document % shapesTogether] ?? 0) !== 0
}

import { unpackBlocks, type PackedBlocks } from '../../lib/search/packed-blocks.ts'
import { change, first, type Command } from '../command.ts'
import type { Sql } from '../schema.ts'
import type { PlannedMerge } from '../search-index.ts'

/**
 * One slice of a merge: whole blocks, each in the place of what it was. They hold documents that do not count before finishMerge.
 * A block only ever grows: of two that merge at the same time, the one that began earlier changes nothing.
 */
export function* writePostings(db: Sql, input: { readonly archiveId: number; readonly slice: PackedBlocks }): Command<void> {
  const rows = unpackBlocks(input.slice).map(({ lexeme, block, lastDocument, postings, bytes }) => ({
    archive_id: input.archiveId, lexeme, block, last_document: lastDocument, postings, bytes,
  }))
  if (rows.length === 0) return
  yield* change(
    db.insertInto('search_posting').values(rows).onConflict((conflict) =>
      conflict.columns(['archive_id', 'lexeme', 'block']).doUpdateSet((column) => ({
        last_document: column.ref('excluded.last_document'), postings: column.ref('excluded.postings'), bytes: column.ref('excluded.bytes'),
      })).where('search_posting.last_document', '<=', (column) => column.ref('excluded.last_document')),
    ),
  )
}

/** From here on the postings speak for the merged documents, and their own terms are let go. Doing it again changes nothing. */
export function* finishMerge(db: Sql, merge: Omit<PlannedMerge, 'slices'>): Command<void> {
  const before = yield* first(db.selectFrom('search_archive').select('merged_document').where('id', '=', merge.archiveId))
  if (!before || before.merged_document >= merge.upTo) return
  for (const { chunk, bytes } of merge.shapes) {
    yield* change(
      db.insertInto('search_shapes').values({ archive_id: merge.archiveId, chunk, bytes })
        .onConflict((conflict) => conflict.columns(['archive_id', 'chunk']).doUpdateSet({ bytes })),
    )
  }
  yield* change(db.updateTable('search_archive').set({ merged_document: merge.upTo }).where('id', '=', merge.archiveId))
  yield* change(
    db.updateTable('search_document').set({ terms: null })
      .where('archive_id', '=', merge.archiveId).where('document', '>', before.merged_document).where('document', '<=', merge.upTo),
  )
}

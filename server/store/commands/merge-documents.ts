import { unpackBlocks, type PackedBlocks } from '../../lib/search/packed-blocks.ts'
import { all, change, first, type Command } from '../command.ts'
import { chunkOf, shapesTogether } from '../queries/shapes.ts'
import type { Sql } from '../schema.ts'
import type { PlannedForgetting, PlannedMerge } from '../search-index.ts'

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

/**
 * From here on the postings speak for the merged documents, and their own terms are let go. What was dropped since the merge was
 * planned gets no shape, so it stays dropped. Doing it again changes nothing.
 */
export function* finishMerge(db: Sql, merge: Omit<PlannedMerge, 'slices'>): Command<void> {
  const { archiveId, upTo } = merge
  const before = yield* first(db.selectFrom('search_archive').select('merged_document').where('id', '=', archiveId))
  if (!before || before.merged_document >= upTo) return
  const merged = yield* all(
    db.selectFrom('search_document').select(['document', 'shape'])
      .where('archive_id', '=', archiveId).where('document', '>', before.merged_document).where('document', '<=', upTo),
  )
  yield* writeShapes(db, archiveId, merged)
  yield* change(db.updateTable('search_archive').set({ merged_document: upTo }).where('id', '=', archiveId))
  yield* change(
    db.updateTable('search_document').set({ terms: null })
      .where('archive_id', '=', archiveId).where('document', '>', before.merged_document).where('document', '<=', upTo),
  )
}

function* writeShapes(db: Sql, archiveId: number, merged: readonly { readonly document: number; readonly shape: number }[]): Command<void> {
  for (const [chunk, documents] of Map.groupBy(merged, ({ document }) => chunkOf(document))) {
    const before = yield* first(db.selectFrom('search_shapes').select('bytes').where('archive_id', '=', archiveId).where('chunk', '=', chunk))
    const bytes = new Uint8Array(shapesTogether)
    if (before) bytes.set(before.bytes)
    for (const { document, shape } of documents) bytes[document % shapesTogether] = shape
    yield* change(
      db.insertInto('search_shapes').values({ archive_id: archiveId, chunk, bytes })
        .onConflict((conflict) => conflict.columns(['archive_id', 'chunk']).doUpdateSet({ bytes })),
    )
  }
}

/**
 * Puts a slice of gone-through blocks in their places; empty ones go. When something else was purged meanwhile, the going through
 * begins again, and this slice does not count.
 */
export function* forgetPostings(db: Sql, { archiveId, purges, after, next, slice }: PlannedForgetting): Command<void> {
  const counted = yield* change(db.updateTable('search_archive').set({ forget_after: next }).where('id', '=', archiveId).where('purges', '=', purges).where('forget_after', '=', after))
  if (counted === 0) return
  for (const { lexeme, block, lastDocument, postings, bytes } of unpackBlocks(slice)) {
    const place = { archive_id: archiveId, lexeme, block }
    yield* change(
      postings === 0
        ? db.deleteFrom('search_posting').where((column) => column.and(place))
        : db.updateTable('search_posting').set({ last_document: lastDocument, postings, bytes }).where((column) => column.and(place)),
    )
  }
}

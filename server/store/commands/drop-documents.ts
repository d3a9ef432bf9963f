import { sql } from 'kysely'
import { all, change, first, type Command } from '../command.ts'
import { chunkOf, shapesTogether } from '../queries/shapes.ts'
import type { Sql } from '../schema.ts'

interface Dropped {
  readonly archiveId: number
  readonly documents: readonly number[]
}

/** Takes documents out of every search, at once: their rows go, and ranking passes their numbers over. */
export function* dropDocuments(db: Sql, { archiveId, documents }: Dropped): Command<void> {
  yield* change(db.deleteFrom('search_document').where('archive_id', '=', archiveId).where('document', 'in', documents))
  for (const [chunk, numbers] of Map.groupBy(documents, chunkOf)) {
    const shapes = yield* first(db.selectFrom('search_shapes').select('bytes').where('archive_id', '=', archiveId).where('chunk', '=', chunk))
    if (!shapes) continue
    const bytes = Uint8Array.from(shapes.bytes)
    for (const document of numbers) bytes[document % shapesTogether] = 0
    yield* change(db.updateTable('search_shapes').set({ bytes }).where('archive_id', '=', archiveId).where('chunk', '=', chunk))
  }
}

/**
 * Drops a slice of a conversation's documents, and has the user's postings gone through for what they still say of them. Resolves with
 * whether there were any.
 */
export function* forgetDocuments(db: Sql, command: { readonly conversationId: string; readonly limit: number }): Command<boolean> {
  const rows = yield* all(db.selectFrom('search_document').select(['archive_id', 'document']).where('conversation_id', '=', command.conversationId).limit(command.limit))
  if (rows.length === 0) return false
  const archiveId = rows[0]!.archive_id
  yield* dropDocuments(db, { archiveId, documents: rows.map(({ document }) => document) })
  yield* change(db.updateTable('search_archive').set({ forget_after: '', purges: sql<number>`purges + 1` }).where('id', '=', archiveId))
  return true
}

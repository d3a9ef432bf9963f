import type { Command } from '../command.ts'
import type { Sql } from '../schema.ts'

/**
 * Deletes hot rows of closed turns, whose text stands in the message and their shape in row_lengths, and of turns that were purged.
 * One slice a call, from
 * `after`; resolves with where the next slice starts, or null at the log's end.
 */
export function compactLog(db: Sql, input: { readonly after: number }): Command<number | null> {
  return db.dialect.hotLog.compact(db, input.after)
}

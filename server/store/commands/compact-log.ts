import { all, change, type Command } from '../command.ts'
import type { Sql } from '../schema.ts'

/** Rows looked at in one slice: about a millisecond of the writer. */
const sliceRows = 500

/**
 * Deletes hot rows of closed turns, whose text stands in the message and their shape in row_lengths, and of turns that were purged.
 * One slice a call, from
 * `after`; resolves with where the next slice starts, or null at the log's end.
 */
export function* compactLog(db: Sql, input: { readonly after: number }): Command<number | null> {
  const slice = yield* all(
    db.selectFrom('turn_event').leftJoin('turn', 'turn.id', 'turn_event.turn_id').select(['turn_event.id', 'turn.state'])
      .where('turn_event.id', '>', input.after).orderBy('turn_event.id').limit(sliceRows),
  )
  const closed = slice.filter((row) => row.state !== 'running').map((row) => row.id)
  if (closed.length > 0) yield* change(db.deleteFrom('turn_event').where('id', 'in', closed))
  return slice.length < sliceRows ? null : slice.at(-1)!.id
}

import { CompiledQuery, sql } from 'kysely'
import { all, change } from '../command.ts'
import type { HotLog } from '../dialect.ts'
import type { Sql } from '../schema.ts'
import type { DeltaRow } from '../store.ts'

// The hottest path of the service: its two statements are written out, so that none is compiled while tokens wait.
const ownTurn = "select 1 from turn where id = ? and state = 'running' and fence = ?"
const insertRow = 'insert into turn_event (turn_id, seq, kind, payload) values (?, ?, ?, ?)'

/** Rows looked at in one slice: about a millisecond of the writer. */
const sliceRows = 500

/**
 * One writer, so ids are in the order of commits: a row is added at the end, without a second index, and a turn's rows are
 * found from where the log ended when it was opened.
 */
export const sqliteHotLog: HotLog<Sql> = {
  // AUTOINCREMENT, so that a compacted id never comes back.
  createTable: (db) =>
    db.schema.createTable('turn_event')
      .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('turn_id', 'text', (column) => column.notNull())
      .addColumn('seq', 'integer', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('payload', 'text', (column) => column.notNull())
      .addColumn('format', 'integer', (column) => column.notNull().defaultTo(sql.lit(1))),

  start: () => sql<number>`(select coalesce(max(seq), 0) from sqlite_sequence where name = 'turn_event')`,

  *append(batches) {
    const lost: string[] = []
    for (const { turnId, fence, rows } of batches) {
      const owned = yield CompiledQuery.raw(ownTurn, [turnId, fence])
      if (owned.rows.length === 0) {
        lost.push(turnId)
        continue
      }
      for (const row of rows) yield CompiledQuery.raw(insertRow, [turnId, row.seq, row.kind, row.text])
    }
    return lost
  },

  *rowsAfter(db, turn, seq) {
    const events = yield* all(
      db.selectFrom('turn_event').select(['seq', 'kind', 'payload'])
        .where('id', '>', turn.log_start).where('turn_id', '=', turn.id).where('seq', '>', seq).orderBy('id'),
    )
    return events.map((event) => ({ seq: event.seq, kind: event.kind, text: event.payload }))
  },

  *rowsOf(db, turns) {
    const start = Math.min(...turns.map((turn) => turn.log_start))
    const events = yield* all(db.selectFrom('turn_event').select(['turn_id', 'seq', 'kind', 'payload']).where('id', '>', start).orderBy('id'))
    const rows = new Map<string, DeltaRow[]>(turns.map((turn) => [turn.id, []]))
    for (const { turn_id, seq, kind, payload } of events) rows.get(turn_id)?.push({ seq, kind, text: payload })
    return rows
  },

  *compact(db, after) {
    const slice = yield* all(
      db.selectFrom('turn_event').leftJoin('turn', 'turn.id', 'turn_event.turn_id').select(['turn_event.id', 'turn.state'])
        .where('turn_event.id', '>', after).orderBy('turn_event.id').limit(sliceRows),
    )
    const closed = slice.filter((row) => row.state !== 'running').map((row) => row.id)
    if (closed.length > 0) yield* change(db.deleteFrom('turn_event').where('id', 'in', closed))
    return slice.length < sliceRows ? null : slice.at(-1)!.id
  },
}

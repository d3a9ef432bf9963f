import { CompiledQuery } from 'kysely'
import type { DeltaBatch } from '../store.ts'
import type { Command } from '../command.ts'
import type { Sql } from '../schema.ts'

// The hottest path of the service: its two statements are written out, so that none is compiled while tokens wait.
const ownTurn = "select 1 from turn where id = ? and state = 'running' and fence = ?"
const insertRow = 'insert into turn_event (turn_id, seq, kind, payload) values (?, ?, ?, ?)'

/** Rows of many turns. A turn whose fence is not current gets nothing and is named in the result. */
export function* appendDeltas(_db: Sql, batches: readonly DeltaBatch[]): Command<readonly string[]> {
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
}

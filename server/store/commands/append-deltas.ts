import type { Command } from '../command.ts'
import type { Sql } from '../schema.ts'
import type { DeltaBatch } from '../store.ts'

/** Rows of many turns. A turn whose fence is not current gets nothing and is named in the result. */
export function appendDeltas(db: Sql, batches: readonly DeltaBatch[]): Command<readonly string[]> {
  return db.dialect.hotLog.append(batches, null)
}

import type { Command } from '../command.ts'
import type { Sql } from '../schema.ts'

/** What the writing connection itself says about when a commit counts as done. */
export function readDurability(db: Sql): Command<string> {
  return db.dialect.readDurability()
}

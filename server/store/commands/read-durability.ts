import { CompiledQuery } from 'kysely'
import type { Command } from '../command.ts'
import type { Sql } from '../schema.ts'

/** SQLite's names for the values of `pragma synchronous` (https://sqlite.org/pragma.html#pragma_synchronous). */
const synchronousNames = ['OFF', 'NORMAL', 'FULL', 'EXTRA'] as const

/** What the writing connection itself says about when a commit counts as done. */
export function* readDurability(_db: Sql): Command<string> {
  const asked = yield CompiledQuery.raw('pragma synchronous')
  const { synchronous } = asked.rows[0] as { synchronous: number }
  return synchronousNames[synchronous] ?? String(synchronous)
}

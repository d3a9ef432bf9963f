import { CompiledQuery, sql } from 'kysely'
import type { Dialect } from '../dialect.ts'
import type { Sql } from '../schema.ts'
import { sqliteHotLog } from './hot-log.ts'

/** SQLite's names for the values of `pragma synchronous` (https://sqlite.org/pragma.html#pragma_synchronous). */
const synchronousNames = ['OFF', 'NORMAL', 'FULL', 'EXTRA'] as const

/**
 * One process has the data and one connection writes it: nobody has to wait for anybody, and a turn that this process does not run, nobody
 * runs. Leases are among its own loops, by its own clock.
 */
export const sqliteDialect: Dialect<Sql> = {
  hotLog: sqliteHotLog,
  floatType: 'real',
  orderedTextType: 'text',
  *queueUp() {},
  held: (query) => query,
  heldOrSkipped: (query) => query,
  leaseEnd: (lease) => (lease?.now === undefined ? sql.lit(0) : sql<number>`${lease.now + lease.ms}`),
  leaseOver: (leaseUntil, lease) => (lease?.now === undefined ? sql.lit(true) : sql<boolean>`${leaseUntil} <= ${lease.now}`),
  *readDurability() {
    const asked = yield CompiledQuery.raw('pragma synchronous')
    const { synchronous } = asked.rows[0] as { synchronous: number }
    return synchronousNames[synchronous] ?? String(synchronous)
  },
}

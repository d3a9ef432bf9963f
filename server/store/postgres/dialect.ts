import { CompiledQuery, sql } from 'kysely'
import { actorKey } from '../../lib/actor.ts'
import type { Dialect } from '../dialect.ts'
import type { Sql } from '../schema.ts'
import { postgresHotLog } from './hot-log.ts'

/** Milliseconds since 1970 on the database's clock: the only one that all processes share. */
const now = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`

/** What tells our advisory locks from those of other programs in the same database. */
const lockSeed = 7_275_379

export const postgresDialect: Dialect<Sql> = {
  hotLog: postgresHotLog,
  floatType: 'double precision',
  orderedTextType: sql`text collate "C"`,
  *queueUp(actor) {
    yield CompiledQuery.raw('select pg_advisory_xact_lock(hashtextextended($1, $2))', [actorKey(actor), lockSeed])
  },
  held: (query) => query.forNoKeyUpdate(),
  heldOrSkipped: (query) => query.forNoKeyUpdate().skipLocked(),
  leaseEnd: (lease) => (lease ? sql<number>`${now} + ${lease.ms}::bigint` : sql.lit(0)),
  // A server that was down could not be told that an owner lives: after its start, owners have the length of a lease to say so.
  leaseOver: (leaseUntil, lease) => {
    const over = sql<boolean>`${leaseUntil} <= ${now}`
    return lease ? sql<boolean>`${over} and pg_postmaster_start_time() <= clock_timestamp() - ${lease.ms}::double precision * interval '1 millisecond'` : over
  },
  *readDurability() {
    const asked = yield CompiledQuery.raw("select current_setting('synchronous_commit') as durability")
    return (asked.rows[0] as { durability: string }).durability
  },
}

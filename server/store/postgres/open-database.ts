import { createHash } from 'node:crypto'
import { CompiledQuery } from 'kysely'
import type { Command } from '../command.ts'
import { migrateOnce, readFact } from '../migrations.ts'
import type { Sql } from '../schema.ts'
import { postgresSql } from './compiler.ts'
import type { Connections } from './connection.ts'
import { unfinishedRestore } from './restore-schemas.ts'

/** Older ones lack what the store's statements use, or are not maintained any more. */
const oldestMajor = 13

/** One process at a time brings the schema up to date; those that start beside it wait and find nothing left to do. */
const migrationLock = 7_275_380

/** Checks the server, then brings the schema of the database up to date. Throws with what to do about it. */
export async function openDatabase(connections: Connections, newEpoch: string): Promise<void> {
  await refuseUnusable(connections)
  if (await connections.statements(isRestoreUnfinished())) {
    throw new Error('A restore of the database in DATABASE_URL is under way, or was cut short: then do it again, parley restore FILE. Nothing was changed.')
  }
  await bringUpToDate(connections, newEpoch)
}

/** Throws with what to do where the server cannot be reached, is not safe, or is too old. */
export async function refuseUnusable(connections: Connections): Promise<void> {
  const complaint = await connections.statements(complaintAbout()).catch((error: unknown) => {
    throw new Error(`The database in DATABASE_URL cannot be used: ${reasonsOf(error)}. Start it, or set DATABASE_URL to another.`, { cause: error })
  })
  if (complaint !== null) throw new Error(complaint)
}

/** One step of the schema a transaction, until there is none left. */
export async function bringUpToDate(connections: Connections, newEpoch: string): Promise<void> {
  while ((await connections.transaction('write', migrateAlone(postgresSql, newEpoch))) !== null);
}

function* isRestoreUnfinished(): Command<boolean> {
  const asked = yield CompiledQuery.raw('select to_regnamespace($1) is not null as unfinished', [unfinishedRestore])
  return (asked.rows[0] as { unfinished: boolean }).unfinished
}

/** The major version of the server. Throws where it cannot be used. */
export async function readServerMajor(connections: Connections): Promise<number> {
  await refuseUnusable(connections)
  return (await connections.statements(readServer())).major
}

/** A name with several addresses has a reason for each of them. */
function reasonsOf(error: unknown): string {
  return error instanceof AggregateError ? error.errors.map((each: Error) => each.message).join('; ') : (error as Error).message
}

interface Server {
  readonly major: number
  readonly fsync: string
  readonly encoding: string
  readonly standby: boolean
}

function* readServer(): Command<Server> {
  const asked = yield CompiledQuery.raw(
    "select current_setting('server_version_num')::integer / 10000 as major, current_setting('fsync') as fsync, current_setting('server_encoding') as encoding, pg_is_in_recovery() as standby",
  )
  return asked.rows[0] as Server
}

function* complaintAbout(): Command<string | null> {
  const { major, fsync, encoding, standby } = yield* readServer()
  if (major < oldestMajor) return `Postgres ${major} is too old: ${oldestMajor} or newer is needed.`
  if (fsync !== 'on') return `Postgres runs with fsync=${fsync}: what is acknowledged could be lost. Set fsync to on in its configuration.`
  if (encoding !== 'UTF8') return `The database has the encoding ${encoding}. Make one with the encoding UTF8.`
  if (standby) return 'The database in DATABASE_URL is a standby, which takes no writes. Set DATABASE_URL to the one it copies.'
  return null
}

function* migrateAlone(db: Sql, newEpoch: string): Command<number | null> {
  yield CompiledQuery.raw('select pg_advisory_xact_lock($1)', [migrationLock])
  return yield* migrateOnce(db, { epoch: newEpoch })
}

/**
 * The life of this data: what the database says of itself, hashed with all that tells it from a copy. A restored dump has
 * other tables, a restored server or a promoted standby another timeline, a server of its own another identifier.
 */
export function* readEpoch(db: Sql): Command<string> {
  const epoch = yield* readFact(db, 'epoch')
  const asked = yield CompiledQuery.raw(`
    select (select system_identifier from pg_control_system())::text as server, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as timeline,
      (select oid from pg_database where datname = current_database())::text as database, 'store_fact'::regclass::oid::text as facts`)
  const { server, timeline, database, facts } = asked.rows[0] as { server: string; timeline: string; database: string; facts: string }
  return `f_${createHash('sha256').update([epoch, server, timeline, database, facts].join(' ')).digest('hex').slice(0, 26)}`
}

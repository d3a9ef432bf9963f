import { existsSync, statSync } from 'node:fs'
import { CompiledQuery } from 'kysely'
import { change, type Command } from '../command.ts'
import { writeFact } from '../migrations.ts'
import { readThrough } from './backup.ts'
import { runProgram } from './client-programs.ts'
import { postgresSql as db } from './compiler.ts'
import { Connections } from './connection.ts'
import { bringUpToDate, refuseUnusable } from './open-database.ts'
import { beforeSchemas, unfinishedRestore } from './restore-schemas.ts'

export interface Restored {
  /** Of the file that was restored. */
  readonly bytes: number
  /** The schema in which what was there before stands now; null when there was nothing. */
  readonly movedTo: string | null
}

export interface RestoreOptions {
  readonly newEpoch: string
  readonly now: number
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * Puts a dump in the place of the data.
 *
 * 1. The dump is read to its end, and nobody else may be connected: nothing has changed until here.
 * 2. What is there is moved into a schema of its own, never deleted, and a mark says that a restore is under way. One commit. A
 *    server that is started from here on refuses.
 * 3. pg_restore brings the dump in, in one transaction. Then the data gets another epoch, so that no cursor into what was there is
 *    taken for one into it, and is brought up to date.
 * 4. The mark goes. Whatever fails before that puts back what was there; what is cut short leaves the mark, and can be done again.
 *
 * Throws when the database is in use or holds something else, and when the dump is damaged or of a newer version.
 */
export async function restore(url: string, from: string, { newEpoch, now, environment }: RestoreOptions): Promise<Restored> {
  if (!existsSync(from)) throw new Error(`There is no backup at ${from}.`)
  await readThrough(from, environment).catch((cause: Error) => {
    throw new Error(`The backup ${from} cannot be used (${cause.message}). The data was not changed.`, { cause })
  })
  const connections = new Connections({ url, connections: 1 })
  try {
    await refuseUnusable(connections)
    const movedTo = await connections.transaction('write', moveAside(`${beforeSchemas}${new Date(now).toISOString().replace(/\D/g, '')}`))
    try {
      const words = ['--single-transaction', '--exit-on-error', '--no-owner', '--no-privileges', from]
      await runProgram('pg_restore', words, { environment, url })
      await connections.transaction('write', writeFact(db, 'epoch', newEpoch))
      await bringUpToDate(connections, newEpoch)
      await connections.transaction('write', change(db.schema.dropSchema(unfinishedRestore)))
    } catch (cause) {
      const said = `The backup ${from} could not be restored (${(cause as Error).message}).`
      await connections.transaction('write', moveBack(movedTo)).catch((error: Error) => {
        throw new Error(`${said} What was there stands in the schema ${movedTo}, and could not be put back (${error.message}): restore again.`, { cause })
      })
      throw new Error(`${said} The data is as it was.`, { cause })
    }
    return { bytes: statSync(from).size, movedTo }
  } finally {
    await connections.close()
  }
}

function* moveAside(schema: string): Command<string | null> {
  yield* refuseInUse()
  const tables = yield* tablesIn('current_schema()')
  const isCutShort = yield* isThere(unfinishedRestore)
  if (tables.length > 0 && !tables.includes('store_fact') && !isCutShort) {
    throw new Error(`The database in DATABASE_URL holds the tables of another program (${tables.slice(0, 3).join(', ')}). Name a database of Parley's own.`)
  }
  yield* change(db.schema.createSchema(unfinishedRestore).ifNotExists())
  if (tables.length === 0) return null
  yield* change(db.schema.createSchema(schema))
  for (const table of tables) yield* change(db.schema.alterTable(table).setSchema(schema))
  return schema
}

/** As it was before `moveAside`: what stands there now came from the dump. */
function* moveBack(schema: string | null): Command<void> {
  const asked = yield CompiledQuery.raw('select current_schema() as name')
  const { name } = asked.rows[0] as { name: string }
  for (const table of yield* tablesIn('current_schema()')) yield* change(db.schema.dropTable(table).cascade())
  if (schema !== null) {
    for (const table of yield* tablesIn('$1', [schema])) yield* change(db.schema.alterTable(`${schema}.${table}`).setSchema(name))
    yield* change(db.schema.dropSchema(schema))
  }
  yield* change(db.schema.dropSchema(unfinishedRestore))
}

function* tablesIn(schema: 'current_schema()' | '$1', parameters: readonly string[] = []): Command<readonly string[]> {
  const asked = yield CompiledQuery.raw(`select relname as name from pg_class where relnamespace = (select oid from pg_namespace where nspname = ${schema}) and relkind in ('r', 'p') order by relname`, [...parameters])
  return asked.rows.map((row) => (row as { name: string }).name)
}

function* isThere(schema: string): Command<boolean> {
  const asked = yield CompiledQuery.raw('select to_regnamespace($1) is not null as is_there', [schema])
  return (asked.rows[0] as { is_there: boolean }).is_there
}

/** Whoever is connected would find other data under its feet. */
function* refuseInUse(): Command<void> {
  const asked = yield CompiledQuery.raw(`
    select pid, coalesce(nullif(application_name, ''), usename) as name, coalesce(host(client_addr), 'this machine') as place from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and coalesce(backend_type, 'client backend') = 'client backend' order by pid`)
  const [first] = asked.rows as readonly { pid: number; name: string; place: string }[]
  if (!first) return
  const others = asked.rows.length === 1 ? '' : ` and ${asked.rows.length - 1} more`
  throw new Error(`The database in DATABASE_URL is in use by ${first.name} from ${first.place} (process id ${first.pid} of the database)${others}. Stop Parley, and whoever else is connected. The data was not changed.`)
}

import { accessSync, chmodSync, constants, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { findSchemaFacts, migrateOnce, nextMigration, readFact, type Migration, type SchemaFacts } from '../migrations.ts'
import { refuseDamaged } from './check-database.ts'
import { sqliteSql } from './compiler.ts'
import { Connection } from './connection.ts'
import { copyBeforeUpgrade } from './copy-before-upgrade.ts'
import { syncDirectory } from '../sync-directory.ts'

/** Older versions have a bug that can corrupt a WAL database (https://sqlite.org/wal.html#walresetbug). */
const oldestSafeSqlite = [3, 51, 3] as const

export function databaseFile(directory: string): string {
  return join(directory, 'parley.db')
}

/** Where a restore gathers what is to take the database's place. */
export function incomingFile(file: string): string {
  return `${file}.incoming`
}

/** Makes the data directory if need be: 0700, since it holds what people said. */
export function prepareDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    chmodSync(directory, 0o700)
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new Error(`The data folder ${directory} cannot be written (${(error as NodeJS.ErrnoException).code}). Change its owner or mode, or set PARLEY_DATA to another folder.`, { cause: error })
  }
}

export interface Opening {
  /** Keeps a copy of a database that is about to be changed to a newer schema. */
  readonly copyBefore?: boolean
  /** The steps this build knows. Tests open a database as an earlier build would, or with a step that fails. */
  readonly history?: readonly Migration[]
}

export interface OpenedDatabase {
  readonly schema: number
  readonly epoch: string
}

/** Checks the file before anything is written to it, then brings its schema up to date. */
export function openDatabase(file: string, newEpoch: string, opening: Opening = {}): OpenedDatabase {
  if (existsSync(file)) refuseDamaged(file)
  else makeDatabase(file, newEpoch, opening)
  return migrate(file, newEpoch, opening)
}

/** A database comes into being whole, under another name, so that an empty one under its own name is always damage. */
function makeDatabase(file: string, newEpoch: string, opening: Opening): void {
  if (existsSync(`${file}-wal`)) {
    throw new Error(`The database ${file} is missing, but the log that belongs to it is there (${file}-wal). Bring back both, or a backup: parley restore FILE`)
  }
  if (existsSync(incomingFile(file))) {
    throw new Error(`A restore was cut short: ${file} is missing and ${incomingFile(file)} is there. Do it again: parley restore FILE`)
  }
  const unborn = `${file}.new`
  for (const left of [unborn, `${unborn}-wal`, `${unborn}-shm`, `${unborn}-journal`]) rmSync(left, { force: true })
  migrate(unborn, newEpoch, opening)
  renameSync(unborn, file)
  syncDirectory(file)
}

function migrate(file: string, newEpoch: string, { copyBefore = false, history }: Opening): OpenedDatabase {
  const connection = new Connection(file, { readOnly: false })
  const present = () => connection.transaction('immediate', () => connection.run(findSchemaFacts(sqliteSql)))
  try {
    chmodSync(file, 0o600)
    refuseOldSqlite(connection.database)
    const found = present()
    let next = nextMigration(found, history)
    const copy = next && copyBefore && found.schema > 0 ? copyBeforeUpgrade(connection.database, file, found.schema) : null
    for (; next !== null; next = nextMigration(present(), history)) {
      try {
        connection.transaction('immediate', () => connection.run(migrateOnce(sqliteSql, { epoch: newEpoch, history })))
      } catch (error) {
        throw failedUpgrade(next, present(), copy, error as Error)
      }
    }
    return { schema: present().schema, epoch: connection.run(readFact(sqliteSql, 'epoch')) ?? newEpoch }
  } finally {
    connection.close()
  }
}

/** One step is one transaction, so the database stands where it stood before this one. */
function failedUpgrade({ schema, name }: Migration, present: SchemaFacts, copy: string | null, cause: Error): Error {
  const stands = `The data stands whole at schema ${present.schema}, on which the version before this one can be started.`
  const kept = copy === null ? '' : ` A copy from before the upgrade is ${copy}.`
  return new Error(`The upgrade of the data to schema ${schema} (${name}) failed: ${cause.message}. ${stands}${kept}`, { cause })
}

function refuseOldSqlite(database: DatabaseSync): void {
  const { version } = database.prepare('select sqlite_version() as version').get() as { version: string }
  const found = version.split('.').map(Number)
  const difference = oldestSafeSqlite.map((part, i) => (found[i] ?? 0) - part).find((part) => part !== 0) ?? 0
  if (difference < 0) throw new Error(`SQLite ${version} is too old: ${oldestSafeSqlite.join('.')} or newer is needed. Start Parley with its own Node (npm start).`)
}

import { accessSync, chmodSync, constants, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { migrateOnce, readFact } from '../migrations.ts'
import { refuseDamaged } from './check-database.ts'
import { sqliteSql } from './compiler.ts'
import { Connection } from './connection.ts'
import { syncDirectory } from './sync-directory.ts'

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

/** Checks the file before anything is written to it, then brings its schema up to date. */
export function openDatabase(file: string, newEpoch: string): { readonly schema: number; readonly epoch: string } {
  if (existsSync(file)) refuseDamaged(file)
  else makeDatabase(file, newEpoch)
  return migrate(file, newEpoch)
}

/** A database comes into being whole, under another name, so that an empty one under its own name is always damage. */
function makeDatabase(file: string, newEpoch: string): void {
  if (existsSync(`${file}-wal`)) {
    throw new Error(`The database ${file} is missing, but the log that belongs to it is there (${file}-wal). Bring back both, or a backup: parley restore FILE`)
  }
  if (existsSync(incomingFile(file))) {
    throw new Error(`A restore was cut short: ${file} is missing and ${incomingFile(file)} is there. Do it again: parley restore FILE`)
  }
  const unborn = `${file}.new`
  for (const left of [unborn, `${unborn}-wal`, `${unborn}-shm`, `${unborn}-journal`]) rmSync(left, { force: true })
  migrate(unborn, newEpoch)
  renameSync(unborn, file)
  syncDirectory(file)
}

function migrate(file: string, newEpoch: string): { readonly schema: number; readonly epoch: string } {
  const connection = new Connection(file, { readOnly: false })
  try {
    chmodSync(file, 0o600)
    refuseOldSqlite(connection.database)
    while (connection.transaction('immediate', () => connection.run(migrateOnce(sqliteSql, { epoch: newEpoch }))) !== null);
    const fact = (name: string) => connection.run(readFact(sqliteSql, name))
    return { schema: Number(fact('schema')), epoch: fact('epoch') ?? newEpoch }
  } finally {
    connection.close()
  }
}

function refuseOldSqlite(database: DatabaseSync): void {
  const { version } = database.prepare('select sqlite_version() as version').get() as { version: string }
  const found = version.split('.').map(Number)
  const difference = oldestSafeSqlite.map((part, i) => (found[i] ?? 0) - part).find((part) => part !== 0) ?? 0
  if (difference < 0) throw new Error(`SQLite ${version} is too old: ${oldestSafeSqlite.join('.')} or newer is needed. Start Parley with its own Node (npm start).`)
}

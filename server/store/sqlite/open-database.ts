import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { first } from '../command.ts'
import { migrateOnce } from '../migrations.ts'
import { sqliteSql } from './compiler.ts'
import { Connection } from './connection.ts'

/** Older versions have a bug that can corrupt a WAL database (https://sqlite.org/wal.html#walresetbug). */
const oldestSafeSqlite = [3, 51, 3] as const

/** Larger files are not read through at start; their header and schema still are. */
const checkedBytes = 1024 ** 3

export function databaseFile(directory: string): string {
  return join(directory, 'parley.db')
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
  const connection = new Connection(file, { readOnly: false })
  try {
    chmodSync(file, 0o600)
    refuseOldSqlite(connection.database)
    while (connection.transaction('immediate', () => connection.run(migrateOnce(sqliteSql, { epoch: newEpoch }))) !== null);
    const fact = (name: string) => connection.run(first(sqliteSql.selectFrom('store_fact').select('value').where('name', '=', name)))?.value
    return { schema: Number(fact('schema')), epoch: fact('epoch') ?? newEpoch }
  } finally {
    connection.close()
  }
}

/** Through a read-only connection: nothing is written to a file that may be damaged, not even a checkpoint. */
function refuseDamaged(file: string): void {
  let complaint: string
  try {
    using connection = new DatabaseSync(file, { readOnly: true })
    connection.exec('select count(*) from sqlite_schema')
    if (statSync(file).size > checkedBytes) return
    complaint = String(Object.values(connection.prepare('pragma quick_check(1)').get() ?? {})[0])
  } catch (error) {
    complaint = (error as Error).message
  }
  if (complaint !== 'ok') {
    throw new Error(`The database ${file} is damaged (${complaint}). Nothing was written to it. Bring back a backup: parley restore FILE`)
  }
}

function refuseOldSqlite(database: DatabaseSync): void {
  const { version } = database.prepare('select sqlite_version() as version').get() as { version: string }
  const found = version.split('.').map(Number)
  const difference = oldestSafeSqlite.map((part, i) => (found[i] ?? 0) - part).find((part) => part !== 0) ?? 0
  if (difference < 0) throw new Error(`SQLite ${version} is too old: ${oldestSafeSqlite.join('.')} or newer is needed. Start Parley with its own Node (npm start).`)
}

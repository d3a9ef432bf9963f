import { chmodSync, closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'
import { writeFact } from '../migrations.ts'
import { complaintAbout } from './check-database.ts'
import { sqliteSql } from './compiler.ts'
import { Connection } from './connection.ts'
import { databaseFile } from './open-database.ts'
import { syncDirectory } from '../sync-directory.ts'

/** Pages copied before the copying process does anything else: 4 MiB. */
const pagesAtOnce = 1024

export interface BackedUp {
  readonly bytes: number
}

/**
 * Writes the database as it stands at this moment to a new file of its own, while the server goes on. The copy has another
 * epoch, so that no cursor into what came after it is taken for one into the copy. The file appears whole or not at all.
 * Throws when there is nothing to back up, when `target` is there already, and when the copy is not sound.
 */
export async function backUp(directory: string, target: string, newEpoch: string): Promise<BackedUp> {
  const source = databaseFile(directory)
  if (!existsSync(source)) throw new Error(`There is nothing to back up: ${source} is not there. Set PARLEY_DATA to the folder that Parley was started with.`)
  refuseToOverwrite(target)
  const partial = `${target}.partial`
  try {
    await copyDatabase(source, partial)
    sealCopy(partial, newEpoch)
    refuseToOverwrite(target)
    renameSync(partial, target)
    syncDirectory(target)
  } catch (error) {
    removeDatabase(partial)
    throw error
  }
  return { bytes: statSync(target).size }
}

function refuseToOverwrite(target: string): void {
  if (existsSync(target)) throw new Error(`${target} is there already and is not overwritten. Name another file, or move that one away.`)
}

/** Copies a database, its log included, as of one moment: writers go on, and what they write is not in the copy. */
export async function copyDatabase(from: string, to: string): Promise<void> {
  removeDatabase(to)
  writeFileSync(to, '', { mode: 0o600, flag: 'wx' })
  using source = new DatabaseSync(from, { readOnly: true, timeout: 5000 })
  // Holding one moment open keeps the copying from beginning again with every commit.
  source.exec('begin')
  source.prepare('select count(*) from sqlite_schema').get()
  await backup(source, to, { rate: pagesAtOnce })
}

/** Makes a copy a life of its own, in a single file, on disk. Throws when it is not sound. */
export function sealCopy(file: string, newEpoch: string): void {
  const connection = new Connection(file, { readOnly: false })
  try {
    connection.transaction('immediate', () => connection.run(writeFact(sqliteSql, 'epoch', newEpoch)))
    connection.database.exec('pragma journal_mode = delete')
  } finally {
    connection.close()
  }
  const complaint = complaintAbout(file, { readThrough: true })
  if (complaint !== null) throw new Error(`The copy is damaged (${complaint}), and so is what it was made from.`)
  chmodSync(file, 0o600)
  const written = openSync(file, 'r+')
  try {
    fsyncSync(written)
  } finally {
    closeSync(written)
  }
}

/** Removes a database that nothing has open, with whatever SQLite keeps beside it. */
export function removeDatabase(file: string): void {
  for (const each of [file, `${file}-journal`, `${file}-wal`, `${file}-shm`]) rmSync(each, { force: true })
}

import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { copyDatabase, removeDatabase, sealCopy } from './backup.ts'
import { complaintAbout } from './check-database.ts'
import { lockData } from './data-lock.ts'
import { databaseFile, incomingFile, openDatabase, prepareDirectory } from './open-database.ts'
import { syncDirectory } from '../sync-directory.ts'

export interface Restored {
  readonly bytes: number
  /** Where the database that was there before stands now; null when there was none. */
  readonly movedTo: string | null
}

/**
 * Puts a backup in the place of the data. What was there is moved aside, never deleted. Nothing changes before the backup
 * was found sound, and a restore that is cut short is refused by the next start until it is done again.
 * Throws when the data is in use (naming the process) or the backup is damaged or of a newer version.
 */
export async function restore(directory: string, from: string, options: { readonly newEpoch: string; readonly now: number }): Promise<Restored> {
  if (!existsSync(from)) throw new Error(`There is no backup at ${from}.`)
  refuseForeignUser(directory)
  prepareDirectory(directory)
  using held = new DisposableStack()
  held.use(lockData(directory))
  const complaint = complaintAbout(from, { readThrough: true })
  if (complaint !== null) throw new Error(`The backup ${from} is damaged (${complaint}). The data was not changed.`)
  const file = databaseFile(directory)
  const incoming = incomingFile(file)
  try {
    await copyDatabase(from, incoming)
    openDatabase(incoming, options.newEpoch)
    sealCopy(incoming, options.newEpoch)
  } catch (error) {
    removeDatabase(incoming)
    throw error
  }
  const movedTo = moveAside(file, options.now)
  renameSync(incoming, file)
  syncDirectory(file)
  return { bytes: statSync(file).size, movedTo }
}

/** Files that another user made could not be opened by the server. Windows knows no such ids. */
function refuseForeignUser(directory: string): void {
  const user = process.getuid?.()
  if (user === undefined || !existsSync(directory)) return
  const owner = statSync(directory).uid
  if (owner !== user) throw new Error(`The data folder ${directory} belongs to the user with id ${owner}, and this is ${user}. Restore as that user, for instance with sudo -u "#${owner}".`)
}

/** The log goes with its database, for it may hold commits that the database does not have yet; applied to another, it would ruin it. */
function moveAside(file: string, now: number): string | null {
  const moved = `${file}.before-${new Date(now).toISOString().replace(/[-:.]/g, '')}`
  const wasThere = existsSync(file)
  if (wasThere) renameSync(file, moved)
  const log = `${file}-wal`
  if (existsSync(log) && statSync(log).size > 0) renameSync(log, `${moved}-wal`)
  rmSync(log, { force: true })
  rmSync(`${file}-shm`, { force: true })
  return wasThere ? moved : null
}

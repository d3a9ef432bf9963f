import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** SQLITE_BUSY: someone else holds the lock. */
const busy = 5

/**
 * One process per data directory. The lock is an exclusive transaction on a database of its own, so it ends with the
 * process however that ends; the pid beside it is only for the message. (Reading a locked SQLite file through fs would
 * drop the lock, so the pid stands in another file.)
 */
export function lockData(directory: string): Disposable {
  const pidFile = join(directory, 'parley.pid')
  const lockFile = join(directory, 'parley.lock')
  const lock = new DatabaseSync(lockFile, { timeout: 0 })
  chmodSync(lockFile, 0o600)
  try {
    lock.exec('begin exclusive')
  } catch (error) {
    lock.close()
    if ((error as { errcode?: number }).errcode !== busy) throw error
    throw new DataInUseError(directory, readPid(pidFile))
  }
  writeFileSync(pidFile, String(process.pid), { mode: 0o600 })
  return { [Symbol.dispose]: () => lock.close() }
}

export class DataInUseError extends Error {
  constructor(directory: string, pid: string) {
    super(`The data in ${directory} is in use by Parley with process id ${pid}. Stop that one, or set PARLEY_DATA to another folder.`)
    this.name = 'DataInUseError'
  }
}

function readPid(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return 'unknown'
  }
}

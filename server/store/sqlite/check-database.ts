import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describeError } from './errors.ts'

/** Larger files are not read through at start; their header and schema still are. */
const checkedBytes = 1024 ** 3

/** Throws when a file under the database's name is not a whole Parley database, with what to do about it. */
export function refuseDamaged(file: string): void {
  const complaint = complaintAbout(file, { readThrough: statSync(file).size <= checkedBytes })
  if (complaint !== null) {
    throw new Error(`The database ${file} is damaged (${complaint}). Nothing was written to it. Bring back a backup: parley restore FILE`)
  }
}

/**
 * What is wrong with the file, or null. It is read through a read-only connection: nothing is written to a file that may
 * be damaged, not even a checkpoint. Flips inside values are not found: they are still values.
 */
export function complaintAbout(file: string, options: { readonly readThrough: boolean }): string | null {
  if (statSync(file).size === 0) return 'it is empty'
  try {
    using database = new DatabaseSync(file, { readOnly: true })
    const { facts } = database.prepare("select count(*) as facts from sqlite_schema where type = 'table' and name = 'store_fact'").get() as { facts: number }
    if (facts === 0) return 'it holds no data of Parley'
    if (database.prepare("select value from store_fact where name = 'schema'").get() === undefined) return 'it does not say which schema it has'
    if (!options.readThrough) return null
    const said = String(Object.values(database.prepare('pragma quick_check(1)').get() ?? {})[0])
    return said === 'ok' ? null : said.replace(/^\*\*\* in database main \*\*\*\s+/, '')
  } catch (error) {
    if (describeError(error).code === 'disk_full') throw noRoom(file, error as Error)
    return (error as Error).message
  }
}

/** Even to be read, a database needs a little room beside it. It is not damaged without. */
function noRoom(file: string, cause: Error): Error {
  return new Error(`There is no room left in ${dirname(file)} (${cause.message}). Make room there and start again. Nothing was changed.`, { cause })
}

import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { isoTime, systemClock } from '../../lib/clock.ts'
import { syncDirectory } from '../sync-directory.ts'

/** Copies that are kept: the newest. */
const keptCopies = 3

/**
 * Copies a database that is about to get a newer schema to `<file>.schema-<n>.<time>`, readable by its owner only, and resolves
 * with its name. It appears whole or not at all; older copies than the newest three go. Throws when there is no room for it, and
 * then nothing was upgraded. (SQLite's `vacuum into` writes what its backup does, and does it before it returns.)
 */
export function copyBeforeUpgrade(database: DatabaseSync, file: string, schema: number): string {
  const copy = `${file}.schema-${schema}.${isoTime(systemClock.now()).replaceAll(/[-:.]/g, '')}`
  const partial = `${file}.upgrading`
  try {
    rmSync(partial, { force: true })
    writeFileSync(partial, '', { mode: 0o600, flag: 'wx' })
    database.prepare('vacuum into ?').run(partial)
    flush(partial)
    renameSync(partial, copy)
    syncDirectory(copy)
  } catch (error) {
    rmSync(partial, { force: true })
    throw new Error(`The data must be upgraded from schema ${schema}, and no copy of it could be made before: ${(error as Error).message}. Make room for one in ${dirname(file)}. Nothing was changed.`, { cause: error })
  }
  for (const old of copiesOf(file).slice(keptCopies)) rmSync(old)
  return copy
}

/** Newest first. */
function copiesOf(file: string): readonly string[] {
  const copies = readdirSync(dirname(file)).filter((name) => name.startsWith(`${basename(file)}.schema-`))
  const timeOf = (name: string) => name.slice(name.lastIndexOf('.') + 1)
  return copies.toSorted((a, b) => timeOf(b).localeCompare(timeOf(a))).map((name) => join(dirname(file), name))
}

function flush(file: string): void {
  const written = openSync(file, 'r+')
  try {
    fsyncSync(written)
  } finally {
    closeSync(written)
  }
}

import { chmodSync, existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { devNull } from 'node:os'
import { syncDirectory } from '../sync-directory.ts'
import { Connections } from './connection.ts'
import { majorVersionOf, runProgram } from './client-programs.ts'
import { readServerMajor } from './open-database.ts'
import { beforeSchemas } from './restore-schemas.ts'

export interface BackedUp {
  /** Of the file that was written, which is compressed. */
  readonly bytes: number
}

/** What the programs that make and read dumps are told by, besides the address. */
type Environment = Readonly<Record<string, string | undefined>>

/**
 * Writes the database as it stands at this moment to a new file of its own, in pg_dump's custom format, while servers go on. The file
 * appears whole or not at all. Throws when pg_dump is missing or older than the server, when `target` is there already, and when
 * what was written cannot be read back.
 */
export async function backUp(url: string, target: string, environment: Environment): Promise<BackedUp> {
  await refuseNewerServer(url, environment)
  refuseToOverwrite(target)
  const partial = `${target}.partial`
  rmSync(partial, { force: true })
  writeFileSync(partial, '', { mode: 0o600, flag: 'wx' })
  try {
    const words = ['--format=custom', '--no-owner', '--no-privileges', `--exclude-schema=${beforeSchemas}*`, `--file=${partial}`]
    await runProgram('pg_dump', words, { environment, url }).catch((cause: Error) => {
      throw new Error(`The backup could not be made: ${cause.message}`, { cause })
    })
    await readThrough(partial, environment)
    chmodSync(partial, 0o600)
    refuseToOverwrite(target)
    renameSync(partial, target)
    syncDirectory(target)
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  }
  return { bytes: statSync(target).size }
}

/** A newer server has things that an older pg_dump does not know. */
async function refuseNewerServer(url: string, environment: Environment): Promise<void> {
  const own = await majorVersionOf('pg_dump', environment)
  const connections = new Connections({ url, connections: 1 })
  try {
    const server = await readServerMajor(connections)
    if (server > own) {
      throw new Error(`The server is Postgres ${server}, and pg_dump here is of version ${own}: it cannot copy a newer one. Install the client programs of version ${server}.`)
    }
  } finally {
    await connections.close()
  }
}

/** Throws when a dump cannot be read to its end, or is not one of Parley's. */
export async function readThrough(file: string, environment: Environment): Promise<void> {
  const { output } = await runProgram('pg_restore', ['--list', file], { environment })
  if (!/^\d+; \d+ \d+ TABLE DATA \S+ store_fact /m.test(output)) throw new Error('it is a dump of another program\'s data')
  await runProgram('pg_restore', [`--file=${devNull}`, file], { environment })
}

function refuseToOverwrite(target: string): void {
  if (existsSync(target)) throw new Error(`${target} is there already and is not overwritten. Name another file, or move that one away.`)
}

/** Postgres's own programs, which make and read dumps: where they are, which they are, and how they are run. */
import { spawn } from 'node:child_process'

export type ClientProgram = 'pg_dump' | 'pg_restore'

/** What a program is told by its environment; the rest of ours, keys of providers among it, is none of its business. */
const passedOn = /^(?:PATH|HOME|TMPDIR|TZ|LANG|LC_\w+|PG\w+|SystemRoot)$/i
/** The end of what a program complains about, which says most. */
const complaintCharacters = 2000

type Environment = Readonly<Record<string, string | undefined>>

export interface Finished {
  readonly output: string
}

/**
 * Runs a program to its end. `url` says where it connects to: its password goes by the environment, because everybody on the machine
 * can read what stands on a command line. Throws with what the program complained about, and with what to install where it is missing.
 */
export function runProgram(
  program: ClientProgram, words: readonly string[], { environment, url }: { readonly environment: Environment; readonly url?: string },
): Promise<Finished> {
  const { address, password } = url === undefined ? { address: null, password: null } : withoutPassword(url)
  const own = Object.entries(environment).filter(([name, value]) => value !== undefined && passedOn.test(name))
  const env = Object.fromEntries([...own, ...(password === null ? [] : [['PGPASSWORD', password]])])
  const all = [...(address === null ? [] : ['--no-password', `--dbname=${address}`]), ...words]
  return new Promise((resolve, reject) => {
    const child = spawn(program, all, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let complaint = ''
    child.stdout.on('data', (piece: Buffer) => (output += piece.toString()))
    child.stderr.on('data', (piece: Buffer) => (complaint = (complaint + piece.toString()).slice(-complaintCharacters)))
    child.on('error', (cause: NodeJS.ErrnoException) => reject(cause.code === 'ENOENT' ? missing(program, cause) : cause))
    child.on('close', (code, signal) => {
      if (code === 0) resolve({ output })
      else reject(new Error(complaint.trim().replaceAll('\n', '; ') || `${program} ended with ${signal ?? code}`))
    })
  })
}

function missing(program: ClientProgram, cause: Error): Error {
  return new Error(`${program} is not in PATH, and Parley copies a Postgres by it. Install Postgres's client programs (Debian: apt-get install postgresql-client).`, { cause })
}

/** The major version of an installed program. Throws where it is missing. */
export async function majorVersionOf(program: ClientProgram, environment: Environment): Promise<number> {
  const { output } = await runProgram(program, ['--version'], { environment })
  const [, major] = /\(PostgreSQL\) (\d+)/.exec(output) ?? []
  if (major === undefined) throw new Error(`${program} does not say which version it is: ${output.trim()}`)
  return Number(major)
}

/** The same address without its password, in whichever of its two places that stands. */
function withoutPassword(url: string): { readonly address: string; readonly password: string | null } {
  const address = new URL(url)
  const password = address.searchParams.get('password') ?? (address.password === '' ? null : decodeURIComponent(address.password))
  address.password = ''
  address.searchParams.delete('password')
  return { address: address.href, password }
}

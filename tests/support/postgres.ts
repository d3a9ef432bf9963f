import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, globSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'

const startLimitMs = 30_000

/** The folder of the server's own programs, the newest; null where none is installed. */
function programs(): string | null {
  const packaged = globSync('/usr/lib/postgresql/*/bin').toSorted((a, b) => Number(b.split('/')[4]) - Number(a.split('/')[4]))
  const folders = [...packaged, ...(process.env['PATH'] ?? '').split(delimiter)]
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'))) ?? null
}

/** Why tests cannot have a Postgres here; false where they can. */
export const postgresMissing: string | false = programs() === null ? 'Postgres is not installed: apt-get install postgresql' : false

/** A Postgres of the tests' own, in a folder of its own, that ends with this process. */
export class Postgres implements AsyncDisposable {
  readonly #folder: string
  readonly port: number
  #child: ChildProcess | null = null
  #databases = 0

  private constructor(folder: string, port: number) {
    this.#folder = folder
    this.port = port
  }

  static async start(): Promise<Postgres> {
    const folder = mkdtempSync(join(roomiest(), 'parley-postgres-'))
    if (isRoot) chownSync(folder, ...postgresUser())
    const postgres = new Postgres(folder, await freePort())
    const [program, ...words] = asItself('initdb', ['-D', join(folder, 'data'), '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C.UTF-8'])
    execFileSync(program!, words, { cwd: folder, stdio: 'pipe' })
    await postgres.resume()
    return postgres
  }

  /** Starts it again on the same data; `promoted` as a copy that was brought back from an archive: on a timeline of its own. */
  async resume({ promoted = false } = {}): Promise<void> {
    if (promoted) writeFileSync(join(this.#folder, 'data', 'recovery.signal'), '')
    const settings = { ...(promoted && { restore_command: 'false' }), port: this.port, listen_addresses: '127.0.0.1', unix_socket_directories: this.#folder, max_connections: 200, shared_buffers: '64MB' }
    const [program, ...words] = asItself('postgres', ['-D', join(this.#folder, 'data'), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])])
    let log = ''
    const child = spawn(program!, words, { cwd: this.#folder, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const output of [child.stdout, child.stderr]) output.on('data', (chunk: Buffer) => (log += chunk.toString()))
    this.#child = child
    running.add(child)
    child.once('exit', () => running.delete(child))
    const deadline = performance.now() + startLimitMs
    while (!(await this.#answers())) {
      if (child.exitCode !== null || performance.now() > deadline) throw new Error(`Postgres did not start: ${log}`)
      await sleep(20)
    }
  }

  /** Ends it: `SIGQUIT` as a crash would, `SIGINT` with its connections cut and its data in order. */
  async stop(signal: 'SIGQUIT' | 'SIGINT' = 'SIGQUIT'): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }

  url(database: string): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}`
  }

  /** A database that nobody had before, empty or as another one is that nobody is connected to; resolves with its address. */
  async makeDatabase(like = 'template1'): Promise<string> {
    const name = `parley_${++this.#databases}`
    await this.query('postgres', `create database ${name} template ${like}`)
    return this.url(name)
  }

  /** Runs one statement in a database. */
  async query(database: string, sql: string): Promise<readonly any[]> {
    const client = new Client({ connectionString: this.url(database), connectionTimeoutMillis: 5000 })
    await client.connect()
    try {
      return (await client.query(sql)).rows
    } finally {
      await client.end()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #answers(): Promise<boolean> {
    const client = new Client({ connectionString: this.url('postgres'), connectionTimeoutMillis: 1000 })
    client.on('error', () => {})
    try {
      await client.connect()
      const { rows } = await client.query('select pg_is_in_recovery() as recovering')
      await client.end()
      return !rows[0].recovering
    } catch {
      return false
    }
  }
}

const memory = '/dev/shm'
const enoughBytes = 2 * 1024 ** 3

/** In memory, where there is plenty of it: nothing here tests what a machine keeps that loses its power. */
function roomiest(): string {
  if (!existsSync(memory)) return tmpdir()
  const { bavail, bsize } = statfsSync(memory)
  return bavail * bsize > enoughBytes ? memory : tmpdir()
}

let shared: Promise<Postgres> | undefined

/** The Postgres that all tests of one file share. Who uses it ends it with `endPostgres` after the last of them. */
export function sharedPostgres(): Promise<Postgres> {
  return (shared ??= Postgres.start())
}

export async function endPostgres(): Promise<void> {
  const started = shared
  shared = undefined
  await (await started)?.[Symbol.asyncDispose]()
}

const isRoot = process.getuid?.() === 0
const running = new Set<ChildProcess>()
process.once('exit', () => running.forEach((child) => child.kill('SIGQUIT')))

/** Postgres refuses to run as root; it ends when this process does, however that ends. */
function asItself(program: 'initdb' | 'postgres', words: readonly string[]): readonly string[] {
  const path = join(programs()!, program)
  return isRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups', '--pdeathsig', 'QUIT', path, ...words] : [path, ...words]
}

function postgresUser(): [number, number] {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return [id('-u'), id('-g')]
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

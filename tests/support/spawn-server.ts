import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

export interface SpawnedServer {
  readonly url: string
  readonly directory: string
  /** Kills it as a crash would. */
  kill(): Promise<void>
  /** Starts it again on the same data and the same port; resolves when it listens. */
  start(): Promise<void>
}

const main = join(import.meta.dirname, '../../server/main.ts')

/** The product itself, as `npm start` runs it, in a process of its own. It ends with the test. */
export async function spawnServer(t: Pick<TestContext, 'after'>, environment: Readonly<Record<string, string>> = {}): Promise<SpawnedServer> {
  const directory = mkdtempSync(join(tmpdir(), 'parley-journey-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  let child: ChildProcess | null = null
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const start = async () => {
    const started = spawn(process.execPath, [main], { env: { PATH: process.env.PATH, PORT: String(port), PARLEY_DATA: directory, PARLEY_FIND_LOCAL: 'false', ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
    child = started
    await new Promise<void>((resolve, reject) => {
      let printed = ''
      for (const output of [started.stdout, started.stderr]) {
        output.on('data', (chunk: Buffer) => {
          printed += chunk.toString()
          if (printed.includes('Parley is at')) resolve()
        })
      }
      started.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${printed}`)))
    })
  }
  t.after(async () => {
    await kill()
    rmSync(directory, { recursive: true, force: true })
  })
  await start()
  return { url, directory, kill, start }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { availableParallelism } from 'node:os'

/** Kernel ticks a second in /proc/<pid>/stat (USER_HZ, 100 on every Linux that Node supports). */
const ticksPerSecond = 100

export interface Child extends AsyncDisposable {
  readonly url: string
  readonly pid: number
}

const root = join(import.meta.dirname, '../..')

/** Starts a Node script and waits for the address that it prints. What is measured has a core of its own where there are two. */
export async function startChild(script: string, options: { readonly args?: readonly string[]; readonly environment?: Record<string, string>; readonly core: 0 | 1 }): Promise<Child> {
  const pinned = availableParallelism() > 1 && process.platform === 'linux'
  const command = [...(pinned ? ['taskset', '-c', String(options.core)] : []), process.execPath, join(root, script), ...(options.args ?? [])]
  const child = spawn(command[0]!, command.slice(1), { cwd: root, env: { PATH: process.env.PATH, ...options.environment }, stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await printedAddress(child)
  return {
    url, pid: child.pid!,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

function printedAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = ''
    child.stdout!.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      const address = /https?:\/\/[\d.]+:\d+/.exec(printed)?.[0]
      if (address) resolve(address)
    })
    child.once('exit', (code) => reject(new Error(`a child ended with ${code} and printed no address: ${printed}`)))
  })
}

/** Seconds of CPU a process has used; null where /proc is missing. */
export function cpuSeconds(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
  } catch {
    return null
  }
}

export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Workload } from './store-workload.ts'

export const workloadScript = join(import.meta.dirname, 'store-workload.ts')

/** Processes that are started by the hundred read their modules from here; it is where Node keeps them by default. */
const compileCache = join(tmpdir(), 'node-compile-cache')

/** How many rounds of a fault: a sample in every test run, all of them when FAULTS=full. */
export function rounds(count: { readonly sample: number; readonly full: number }): number {
  return process.env['FAULTS'] === 'full' ? count.full : count.sample
}

/** A seeded stream of numbers from 0 up to 1 (mulberry32), so that a failing round can be run again. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface SpokenProcess {
  readonly child: ChildProcess
  /** What it has said so far. */
  readonly lines: readonly string[]
  readonly errors: readonly string[]
  /** Resolves when it has said so many lines, or when it has ended. */
  said(count: number): Promise<void>
  /** Resolves with its exit code, or the signal that ended it, once all that it said was read. */
  readonly ended: Promise<number | string>
}

/** Starts a Node process and listens to it line by line. */
export function startProcess(command: readonly string[]): SpokenProcess {
  const [program, ...words] = command
  const child = spawn(program!, words, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_COMPILE_CACHE: compileCache } })
  const lines: string[] = []
  const errors: string[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  const wake = (all: boolean) => {
    for (const each of waiting.splice(0)) {
      if (all || lines.length >= each.count) each.resolve()
      else waiting.push(each)
    }
  }
  createInterface({ input: child.stdout! }).on('line', (line) => {
    lines.push(line)
    wake(false)
  })
  createInterface({ input: child.stderr! }).on('line', (line) => errors.push(line))
  const ended = once(child, 'close').then(([code, signal]: (number | string)[]) => {
    wake(true)
    return code ?? signal!
  })
  return {
    child, lines, errors, ended,
    said: (count) => (lines.length >= count || child.exitCode !== null ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve }))),
  }
}

export function startWorkload(work: Workload, before: readonly string[] = []): SpokenProcess {
  return startProcess([...before, process.execPath, workloadScript, JSON.stringify(work)])
}

/** Kills a process that holds a store, at once and without a farewell. */
export async function kill(started: SpokenProcess): Promise<void> {
  started.child.kill('SIGKILL')
  await started.ended
}

/** Does `work` for each number below `count`, two at a time: this is what two cores take. */
export function twoAtATime(count: number, work: (i: number) => Promise<unknown>): Promise<void> {
  return severalAtATime(2, count, work)
}

/** Does `work` for each number below `count`, so many at a time: hundreds at once would wait for a connection longer than one waits. */
export async function severalAtATime(lanes: number, count: number, work: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: lanes }, worker))
}

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packedModulesHere } from '../packed-modules.ts'
import { noFaults, type FaultPlan, type Order, type Report } from './fault-switches.ts'

const entries = {
  /** With faults, and with people of any tenant. */
  faulty: join(import.meta.dirname, 'fault-server.ts'),
  /** As `npm start` runs it: without faults, one local user. */
  product: join(import.meta.dirname, '../../../server/main.ts'),
} as const
export type ServerEntry = keyof typeof entries

/** A start may take so long before a test gives up; what is promised about it is asserted elsewhere. */
const startLimitMs = 60_000

/** How a life ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

type Orders = { readonly plan: FaultPlan } | { readonly advanceClockMs: number } | { readonly skewMs: number }

/** A server in a process of its own, whose lives follow one another on the same data. */
export class ServerProcess {
  readonly #entry: ServerEntry
  readonly #environment: Readonly<Record<string, string>>
  readonly #launcher: readonly string[]
  #child: ChildProcess | null = null
  #exited: Promise<Exit> = Promise.resolve({ code: null, signal: null })
  #url = ''
  #output = ''
  #plan: FaultPlan
  #orders = 0
  /** How long each life took from its start to listening. */
  readonly startMs: number[] = []

  constructor(
    entry: ServerEntry, environment: Readonly<Record<string, string>>,
    { launcher = [], plan = {} }: { readonly launcher?: readonly string[]; readonly plan?: Partial<FaultPlan> } = {},
  ) {
    this.#plan = { ...noFaults, ...plan }
    this.#entry = entry
    this.#environment = environment
    this.#launcher = launcher
  }

  get url(): string {
    return this.#url
  }

  get pid(): number {
    return this.#child!.pid!
  }

  /** What this life wrote. */
  get output(): string {
    return this.#output
  }

  /** Resolves when this life is over. */
  get exited(): Promise<Exit> {
    return this.#exited
  }

  /** Begins a life. Resolves with the milliseconds until it listens; rejects when it ends before that. */
  async start(crash: FaultPlan['crash'] = null): Promise<number> {
    if (this.alive) throw new Error('this server is alive already')
    const began = performance.now()
    const plan: FaultPlan = { ...this.#plan, crash }
    const [program, ...words] = [...this.#launcher, process.execPath, entries[this.#entry], JSON.stringify(plan)]
    const child = spawn(program!, words, {
      env: {
        PATH: process.env['PATH'], NODE_COMPILE_CACHE: join(tmpdir(), 'parley-test-compile-cache'),
        ...(this.#entry === 'faulty' && packedModulesHere()), ...this.#environment,
      },
      stdio: ['ignore', 'pipe', 'pipe', this.#entry === 'faulty' ? 'ipc' : 'ignore'],
    })
    this.#child = child
    this.#output = ''
    this.#exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }))
    this.#url = await this.#listening(child)
    const milliseconds = performance.now() - began
    this.startMs.push(milliseconds)
    return milliseconds
  }

  get alive(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Switches bugs on and off, in this life and those after it. */
  async plant(...bugs: FaultPlan['bugs']): Promise<void> {
    this.#plan = { ...this.#plan, bugs }
    // One that dies meanwhile is told by its next start.
    if (this.alive) await this.#order({ plan: this.#plan }).catch(() => {})
  }

  /** From now on this life ends when it comes by a point for the `pass`-th time. */
  async crashAt(crash: NonNullable<FaultPlan['crash']>): Promise<void> {
    await this.#order({ plan: { ...this.#plan, crash } })
  }

  async advanceClock(milliseconds: number): Promise<void> {
    await this.#order({ advanceClockMs: milliseconds })
  }

  async skewClock(milliseconds: number): Promise<void> {
    await this.#order({ skewMs: milliseconds })
  }

  /** Kills it as a crash would, wherever it is. */
  kill(): Promise<Exit> {
    return this.signal('SIGKILL')
  }

  signal(name: NodeJS.Signals): Promise<Exit> {
    this.#child?.kill(name)
    return this.#exited
  }

  /** Bytes of memory this life has had in its hands at most since `forgetPeak`. */
  get peakMemory(): number {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8')) ?? []
    return Number(kibibytes) * 1024
  }

  /** From now on, the peak is that of what comes (proc(5): clear_refs). */
  forgetPeak(): void {
    writeFileSync(`/proc/${this.pid}/clear_refs`, '5')
  }

  /** Stops it in the middle of whatever it does, as a machine that is out of breath, until `wake`. */
  freeze(): void {
    this.#child?.kill('SIGSTOP')
  }

  wake(): void {
    this.#child?.kill('SIGCONT')
  }

  async end(): Promise<void> {
    if (this.alive) await this.kill()
  }

  #listening(child: ChildProcess): Promise<string> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`no server within ${startLimitMs} ms: ${this.#output}`)), startLimitMs)
      const done = (url: string) => {
        clearTimeout(late)
        resolve(url)
      }
      for (const stream of [child.stdout!, child.stderr!]) {
        stream.on('data', (chunk: Buffer) => {
          this.#output += chunk.toString()
          const [, url] = /Parley is at (\S+)\/chat\n/.exec(this.#output) ?? []
          if (url !== undefined) done(url)
        })
      }
      child.on('message', (report: Report) => {
        if ('url' in report) done(report.url)
      })
      child.once('exit', (code, signal) => {
        clearTimeout(late)
        reject(new Error(`the server ended with ${signal ?? code} before it listened: ${this.#output}`))
      })
    })
  }

  async #order(orders: Orders): Promise<void> {
    const child = this.#child!
    const order: Order = { id: ++this.#orders, ...orders }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const die = () => reject(new Error('the server ended before it did what it was told'))
    const hear = (report: Report) => {
      if ('done' in report && report.done === order.id) resolve()
    }
    child.on('message', hear)
    child.once('exit', die)
    child.send(order, (error) => error && reject(error))
    try {
      await promise
    } finally {
      child.off('message', hear).off('exit', die)
    }
  }
}

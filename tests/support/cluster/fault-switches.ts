import type { ShiftedClock } from './shifted-clock.ts'

/** What can be switched on in a server under test, and by which messages. The product knows nothing of it. */

/** Where a server can be made to die, in the order in which a turn comes by. */
export const crashPoints = [
  'before-open', 'before-ack', 'attempt-started', 'provider-connected', 'first-part', 'before-append', 'before-publish',
  'before-settle', 'before-terminal-shown', 'log-compacted', 'turns-claimed', 'between-settlements',
  'deletion-committed', 'job-taken', 'job-slice', 'job-worked', 'job-finished',
] as const
export type CrashPoint = (typeof crashPoints)[number]

/** Bugs that a check must catch, each in the words of the promise that it breaks. */
export const bugNames = [
  'acknowledged-before-commit', 'shown-before-log', 'terminal-before-settlement', 'repeated-id-opens-again', 'usage-not-flagged', 'cut-is-free',
  'written-after-close', 'recovery-forgets', 'recovery-drops-text', 'log-ends-with-turn', 'owner-ignored', 'stop-only-detaches',
  'retry-after-delta', 'no-deadlines', 'halves-decoded-alone', 'body-read-whole', 'disconnect-stops', 'cursor-off-by-one',
  'drain-cuts', 'drain-takes-turns',
  'acknowledged-when-full', 'reads-need-room', 'never-sheds', 'job-finished-first', 'deletion-without-job',
  'slow-readers-kept', 'stops-not-heeded', 'fence-ignored', 'leases-by-own-clock', 'lost-answer-is-refusal', 'duty-never-taken-over',
] as const
export type BugName = (typeof bugNames)[number]

export interface FaultPlan {
  /** The process dies when it comes by this point for the `pass`-th time. */
  readonly crash: { readonly point: CrashPoint; readonly pass: number } | null
  readonly bugs: readonly BugName[]
  /** Instead of the product's, so that nobody has to wait as long. */
  readonly leaseMs?: number
  /** How far this process's wall clock is off. */
  readonly skewMs?: number
}

export const noFaults: FaultPlan = { crash: null, bugs: [] }

/** From the test to the server under test; each is answered with the same `id`. */
export type Order = { readonly id: number } & ({ readonly plan: FaultPlan } | { readonly advanceClockMs: number } | { readonly skewMs: number })
/** From the server under test to the test. */
export type Report = { readonly url: string } | { readonly done: number }

/** The switches of this process. */
export class FaultSwitches {
  /** This process's own clock, as far off as it is. */
  readonly clock: ShiftedClock
  #plan: FaultPlan
  #passes = 0

  constructor(plan: FaultPlan, clock: (switches: FaultSwitches) => ShiftedClock) {
    this.#plan = plan
    this.clock = clock(this)
  }

  set(plan: FaultPlan): void {
    this.#plan = plan
    this.#passes = 0
  }

  has(bug: BugName): boolean {
    return this.#plan.bugs.includes(bug)
  }

  /** Called by every crash point that is passed. Does not return where the process is to die: nothing is flushed, nothing is closed. */
  reached(point: CrashPoint): void {
    if (this.#plan.crash?.point !== point) return
    this.#passes += 1
    if (this.#passes >= this.#plan.crash.pass) process.kill(process.pid, 'SIGKILL')
  }
}

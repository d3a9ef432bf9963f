import { StoreError, type Store } from '../../../server/store/store.ts'
import type { Random } from './random.ts'

interface Call {
  readonly run: () => Promise<unknown>
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

const commandNames: ReadonlySet<string> = new Set([
  'openTurn', 'startAttempt', 'endAttempt', 'appendDeltas', 'settleTurn', 'claimAbandonedTurns', 'compactLog',
  'createConversation', 'changeConversation', 'deleteConversation', 'bindSession',
] satisfies (keyof Store)[])

/**
 * The calls that one server process has under way at its store. They go on one move at a time, in a seeded order: a group of
 * writes commits, an answer arrives, a read is made. So every point between a call, its commit and its answer can be reached.
 */
export class PendingCalls {
  readonly #random: Random
  readonly #onActivity: () => void
  readonly #writes: Call[] = []
  readonly #answers: (() => void)[] = []
  readonly #reads: Call[] = []
  #failures = 0
  #dead = false

  constructor(random: Random, onActivity: () => void) {
    this.#random = random
    this.#onActivity = onActivity
  }

  /** The store as this process sees it. */
  before(store: Store): Store {
    const seen = { ...store } as unknown as Record<string, unknown>
    for (const [name, method] of Object.entries(store) as [string, unknown][]) {
      if (typeof method !== 'function') continue
      const lane = commandNames.has(name) ? this.#writes : this.#reads
      seen[name] = (...given: unknown[]) => this.#call(lane, () => method(...given))
    }
    return seen as unknown as Store
  }

  /** The next groups of writes find the disk full. */
  failNext(groups: number): void {
    this.#failures = groups
  }

  /** Makes one move. False: nothing is under way. */
  async advance(): Promise<boolean> {
    const moves = [
      ...(this.#writes.length > 0 ? [() => this.#commit()] : []),
      ...(this.#answers.length > 0 ? [() => this.#answers.shift()!()] : []),
      ...(this.#reads.length > 0 ? [() => this.#read(this.#reads.shift()!)] : []),
    ]
    if (moves.length === 0) return false
    this.#onActivity()
    await moves[this.#random(moves.length)]!()
    return true
  }

  /** The process dies: of the writes that wait, the first `committed` still reach the disk; nobody hears of anything any more. */
  async die(committed: number): Promise<void> {
    this.#dead = true
    const last = this.#writes.splice(0).slice(0, committed)
    this.#reads.length = 0
    this.#answers.length = 0
    await Promise.allSettled(last.map((call) => call.run()))
  }

  #call(lane: Call[], run: () => Promise<unknown>): Promise<unknown> {
    this.#onActivity()
    return new Promise((resolve, reject) => {
      if (!this.#dead) lane.push({ run, resolve, reject })
    })
  }

  async #commit(): Promise<void> {
    const group = this.#writes.splice(0, 1 + this.#random(this.#writes.length))
    if (this.#failures > 0) {
      this.#failures -= 1
      for (const call of group) this.#answers.push(() => call.reject(new StoreError('disk_full', 'the schedule filled the disk')))
      return
    }
    const results = await Promise.allSettled(group.map((call) => call.run()))
    for (const [i, result] of results.entries()) this.#answers.push(() => settle(group[i]!, result))
  }

  async #read(call: Call): Promise<void> {
    const [result] = await Promise.allSettled([call.run()])
    settle(call, result!)
  }
}

function settle(call: Call, result: PromiseSettledResult<unknown>): void {
  if (result.status === 'fulfilled') call.resolve(result.value)
  else call.reject(result.reason)
}

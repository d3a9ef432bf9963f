import type { Actor } from '../lib/actor.ts'
import type { LiveTurn } from './live-turn.ts'

/** The turns that run in this process. */
export class LiveTurns {
  readonly #turns = new Map<string, LiveTurn>()
  readonly #work = new Set<Promise<void>>()
  readonly #openings = new Set<Promise<unknown>>()

  /** Remembers an opening while it is under way: its turn is on disk, for whoever looks there, a moment before it is here. */
  async opening<T>(opened: Promise<T>): Promise<T> {
    this.#openings.add(opened)
    try {
      return await opened
    } finally {
      this.#openings.delete(opened)
    }
  }

  /** Resolves when all openings that are under way now are over: what they opened is here. */
  async opened(): Promise<void> {
    await Promise.allSettled(this.#openings)
  }

  /** Keeps a turn until the work that brings it to its end is over. That work must not reject. */
  keep(live: LiveTurn, work: Promise<void>): void {
    this.#turns.set(live.turn.turnId, live)
    const done = work.finally(() => {
      this.#turns.delete(live.turn.turnId)
      this.#work.delete(done)
    })
    this.#work.add(done)
  }

  /** Null: not running here, or not this actor's. */
  find(actor: Actor, turnId: string): LiveTurn | null {
    const live = this.#turns.get(turnId)
    const own = live && live.turn.actor.tenantId === actor.tenantId && live.turn.actor.userId === actor.userId
    return own ? live : null
  }

  /** Whoever's it is: for signals between processes, which say nothing and show nothing. */
  running(turnId: string): LiveTurn | null {
    return this.#turns.get(turnId) ?? null
  }

  get size(): number {
    return this.#turns.size
  }

  all(): readonly LiveTurn[] {
    return [...this.#turns.values()]
  }

  /** Resolves when no turn runs any more. */
  async idle(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work)
  }
}

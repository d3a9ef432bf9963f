import type { Clock } from '../lib/clock.ts'
import type { AnswerSettings } from './turn-deps.ts'
import type { LiveTurn } from './live-turn.ts'

/**
 * The three deadlines of a turn: to its first delta, between deltas, and for the whole. They run on one clock from the
 * opening on, so that a second attempt gets what the first one left, never its own.
 */
export class Deadlines implements Disposable {
  readonly #live: LiveTurn
  readonly #clock: Clock
  readonly #idleMs: number
  readonly #firstDeltaBy: number
  readonly #cancels: (() => void)[] = []
  #lastDelta: number | null = null
  #stopped = false

  constructor(live: LiveTurn, clock: Clock, settings: Pick<AnswerSettings, 'firstDeltaMs' | 'idleMs' | 'turnMs'>) {
    this.#live = live
    this.#clock = clock
    this.#idleMs = settings.idleMs
    this.#firstDeltaBy = clock.monotonic() + settings.firstDeltaMs
    this.#cancels.push(
      clock.after(settings.turnMs, () => live.end({ kind: 'failed', code: 'turn_timeout' })),
      clock.after(settings.firstDeltaMs, () => {
        if (this.#lastDelta === null) live.end({ kind: 'failed', code: 'first_delta_timeout' })
      }),
    )
  }

  /** Milliseconds until something must have come. */
  firstDeltaLeftMs(): number {
    return Math.max(0, this.#firstDeltaBy - this.#clock.monotonic())
  }

  /** Called for every delta: costs a reading of the clock, no timer. */
  delta(): void {
    const isFirst = this.#lastDelta === null
    this.#lastDelta = this.#clock.monotonic()
    if (isFirst) this.#watchIdle(this.#idleMs)
  }

  #watchIdle(milliseconds: number): void {
    const cancel = this.#clock.after(milliseconds, () => {
      if (this.#stopped) return
      const left = this.#idleMs - (this.#clock.monotonic() - this.#lastDelta!)
      if (left <= 0) this.#live.end({ kind: 'failed', code: 'idle_timeout' })
      else this.#watchIdle(left)
    })
    this.#cancels[2] = cancel
  }

  [Symbol.dispose](): void {
    this.#stopped = true
    for (const cancel of this.#cancels) cancel()
  }
}

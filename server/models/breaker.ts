import { routeLimits } from '../lib/route-limits.ts'

interface Outcome {
  readonly at: number
  readonly failed: boolean
}

/**
 * Whether a model may be asked. Closed, it counts; open, nobody is let through until the pause is over; then one call is, and its
 * outcome decides. All times are of one monotonic clock.
 */
export class Breaker {
  #outcomes: Outcome[] = []
  #openUntil: number | null = null
  #pauseMs: number = routeLimits.breaker.pauseMs
  #probing = false

  /** When the next call may go out; null: now. */
  closedUntil(now: number): number | null {
    if (this.#openUntil === null) return null
    return now >= this.#openUntil && !this.#probing ? null : Math.max(now, this.#openUntil)
  }

  /** A call goes out. True when it is the one that decides. */
  begin(): boolean {
    if (this.#openUntil === null) return false
    this.#probing = true
    return true
  }

  succeeded(now: number, decides: boolean): void {
    if (decides) this.#close()
    else this.#count({ at: now, failed: false })
  }

  failed(now: number, decides: boolean): void {
    if (decides) this.#open(now, Math.min(this.#pauseMs * 2, routeLimits.breaker.longestPauseMs))
    else if (this.#openUntil === null && this.#count({ at: now, failed: true })) this.#open(now, routeLimits.breaker.pauseMs)
  }

  /** The call told nothing: it was stopped, or its question was at fault. */
  toldNothing(decides: boolean): void {
    if (decides) this.#probing = false
  }

  /** True when too many failed. */
  #count(outcome: Outcome): boolean {
    const { newest, least, share, rememberedMs } = routeLimits.breaker
    this.#outcomes = [...this.#outcomes, outcome].slice(-newest).filter(({ at }) => outcome.at - at <= rememberedMs)
    return this.#outcomes.length >= least && this.#outcomes.filter(({ failed }) => failed).length >= share * this.#outcomes.length
  }

  #open(now: number, pauseMs: number): void {
    this.#openUntil = now + pauseMs
    this.#pauseMs = pauseMs
    this.#probing = false
    this.#outcomes = []
  }

  #close(): void {
    this.#openUntil = null
    this.#pauseMs = routeLimits.breaker.pauseMs
    this.#probing = false
  }
}

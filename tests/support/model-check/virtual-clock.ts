import type { Clock } from '../../../server/lib/clock.ts'

interface Timer {
  readonly at: number
  readonly action: () => void
}

/** 2026-11-20T09:00:00.000Z. */
const morning = 1_795_165_200_000

/** Time that stands still until it is told to go on. */
export class VirtualClock implements Clock {
  readonly #timers = new Set<Timer>()
  #elapsed = 0
  #wallOffset = 0

  now(): number {
    return morning + this.#wallOffset + this.#elapsed
  }

  monotonic(): number {
    return this.#elapsed
  }

  after(milliseconds: number, action: () => void): () => void {
    const timer = { at: this.#elapsed + Math.max(0, milliseconds), action }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** Somebody sets the wall clock; durations know nothing of it. */
  moveWall(milliseconds: number): void {
    this.#wallOffset += milliseconds
  }

  /** Goes on to the first timer due by `until` and fires it. False: there is none, and the time is `until`. */
  fireNext(until: number): boolean {
    const due = [...this.#timers].filter((timer) => timer.at <= until)
    const next = due.length === 0 ? null : due.reduce((first, timer) => (timer.at < first.at ? timer : first))
    this.#elapsed = Math.max(this.#elapsed, next?.at ?? until)
    if (!next) return false
    this.#timers.delete(next)
    next.action()
    return true
  }
}

import type { Clock } from '../../../server/lib/clock.ts'

interface Waiting {
  readonly due: number
  readonly action: () => void
  timer: NodeJS.Timeout
}

/** The system's clock, which a test can put forward: what is due by then happens at once. */
export class ShiftedClock implements Clock {
  #shiftMs = 0
  #skewMs = 0
  readonly #waiting = new Set<Waiting>()
  /** Timers of this many milliseconds never ring: a planted bug. */
  readonly #isDeaf: (milliseconds: number) => boolean

  constructor(isDeaf: (milliseconds: number) => boolean = () => false) {
    this.#isDeaf = isDeaf
  }

  now(): number {
    return Date.now() + this.#shiftMs + this.#skewMs
  }

  monotonic(): number {
    return performance.now() + this.#shiftMs
  }

  after(milliseconds: number, action: () => void): () => void {
    if (this.#isDeaf(milliseconds)) return () => {}
    const waiting: Waiting = { due: this.monotonic() + milliseconds, action, timer: setTimeout(() => this.#ring(waiting), milliseconds) }
    this.#waiting.add(waiting)
    return () => {
      clearTimeout(waiting.timer)
      this.#waiting.delete(waiting)
    }
  }

  advance(milliseconds: number): void {
    this.#shiftMs += milliseconds
    for (const waiting of this.#waiting) {
      clearTimeout(waiting.timer)
      waiting.timer = setTimeout(() => this.#ring(waiting), Math.max(0, waiting.due - this.monotonic()))
    }
  }

  /** Sets the wall clock off by so much; durations are what they were. */
  skew(milliseconds: number): void {
    this.#skewMs = milliseconds
  }

  #ring(waiting: Waiting): void {
    this.#waiting.delete(waiting)
    waiting.action()
  }
}

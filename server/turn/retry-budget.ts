import { routeLimits } from '../lib/route-limits.ts'

/**
 * Keeps second calls from making trouble worse: however many first calls fail at once, only so many others are under way, and the
 * rest wait for their turn.
 */
export class RetryBudget {
  readonly #turnsRunning: () => number
  readonly #waiting = new Set<() => void>()
  #running = 0

  constructor(turnsRunning: () => number) {
    this.#turnsRunning = turnsRunning
  }

  /** Resolves when a second call may go out; dispose of it when the call is over. Resolves at once when the signal aborts. */
  async begin(signal: AbortSignal): Promise<Disposable> {
    const { share, least } = routeLimits.retries
    while (!signal.aborted && this.#running >= Math.max(least, Math.floor(share * this.#turnsRunning()))) await this.#turn(signal)
    this.#running += 1
    let over = false
    return {
      [Symbol.dispose]: () => {
        if (over) return
        over = true
        this.#running -= 1
        const [next] = this.#waiting
        next?.()
      },
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        this.#waiting.delete(go)
        signal.removeEventListener('abort', go)
        resolve()
      }
      this.#waiting.add(go)
      signal.addEventListener('abort', go, { once: true })
    })
  }
}

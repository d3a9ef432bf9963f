import { actorKey, type Actor } from '../lib/actor.ts'
import type { Clock } from '../lib/clock.ts'
import { ProblemError } from './problem.ts'

export interface LimitNumbers {
  readonly turns: number
  readonly sockets: number
  readonly requestsPerMinute: number
  readonly sendsPerMinute: number
}

const minuteMs = 60_000

/**
 * What one user may do at once and in a minute. Windows slide by weighting the last minute's count (the approximation of
 * https://blog.cloudflare.com/counting-things-a-lot-of-different-things/), so that a clock edge does not double a limit.
 */
export class UserLimits {
  readonly #clock: Clock
  /** Null: a single local user has no limits of their own. */
  readonly #numbers: LimitNumbers | null
  readonly #windows = new Map<string, { minute: number; now: number; before: number }>()
  readonly #sockets = new Map<string, number>()

  constructor(clock: Clock, numbers: LimitNumbers | null) {
    this.#clock = clock
    this.#numbers = numbers
  }

  get runningTurns(): number | null {
    return this.#numbers?.turns ?? null
  }

  /** Throws too_many_requests with the seconds to wait. */
  countRequest(actor: Actor): void {
    if (this.#numbers) this.#count(`request ${actorKey(actor)}`, this.#numbers.requestsPerMinute)
  }

  countSend(actor: Actor): void {
    if (this.#numbers) this.#count(`send ${actorKey(actor)}`, this.#numbers.sendsPerMinute)
  }

  /** Throws too_many_sockets; else the returned function gives the place back. */
  openSocket(actor: Actor): () => void {
    const key = actorKey(actor)
    const open = this.#sockets.get(key) ?? 0
    if (this.#numbers && open >= this.#numbers.sockets) throw new ProblemError('too_many_sockets')
    this.#sockets.set(key, open + 1)
    return () => {
      const left = (this.#sockets.get(key) ?? 1) - 1
      if (left > 0) this.#sockets.set(key, left)
      else this.#sockets.delete(key)
    }
  }

  #count(key: string, limit: number): void {
    const time = this.#clock.now()
    const minute = Math.floor(time / minuteMs)
    const window = this.#windows.get(key) ?? { minute, now: 0, before: 0 }
    if (window.minute !== minute) {
      window.before = window.minute === minute - 1 ? window.now : 0
      window.now = 0
      window.minute = minute
    }
    const passed = (time % minuteMs) / minuteMs
    if (window.before * (1 - passed) + window.now >= limit) {
      throw new ProblemError('too_many_requests', { retryAfter: Math.ceil((minuteMs - (time % minuteMs)) / 1000) })
    }
    window.now += 1
    this.#windows.set(key, window)
    if (this.#windows.size > 10_000) this.#forgetOld(minute)
  }

  #forgetOld(minute: number): void {
    for (const [key, window] of this.#windows) if (window.minute < minute - 1) this.#windows.delete(key)
  }
}

/** Time as the turn knows it. Tests pass another one to the composition root. */
export interface Clock {
  /** Milliseconds since 1970, for what is stored and shown. */
  now(): number
  /** Milliseconds that never go back, for durations. */
  monotonic(): number
  /** Calls `action` once, `milliseconds` from now. The returned function cancels it. */
  after(milliseconds: number, action: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(milliseconds, action) {
    const timer = setTimeout(action, milliseconds)
    return () => clearTimeout(timer)
  },
}

/** ISO 8601 in UTC, as the wire writes every moment. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

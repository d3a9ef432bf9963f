/**
 * The numbers that decide who is asked and how often, in one place. Durations in milliseconds.
 */
export const routeLimits = {
  /** Calls of models that one turn may have. */
  callsOfATurn: 3,
  /** Second and third calls that may be under way at once: this share of the turns that run, and never fewer than the least. */
  retries: { share: 0.2, least: 3 },
  /** Calls that one key of a provider may have open at once. */
  openCallsOfAKey: 1000,
  /** A key that was refused is not used while another one is there. */
  restAfterRefusalMs: 60_000,
  /** After 429 a key is not used for that model: as long as the provider says, up to a limit, or so long where it says nothing. */
  restAfterRateLimitMs: 1000,
  longestRestMs: 600_000,
  /**
   * A model is not asked while too many of its newest calls failed. Then one call is let through; the pause doubles while such
   * calls fail too.
   */
  breaker: { newest: 20, least: 6, share: 0.4, rememberedMs: 30_000, pauseMs: 1000, longestPauseMs: 30_000 },
} as const

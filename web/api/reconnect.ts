/** Full jitter: any moment up to a ceiling that doubles, so that a thousand pages do not come back together. */
const shortestMilliseconds = 500
const longestMilliseconds = 30_000

/**
 * How long to wait before the next attempt, in milliseconds, between 500 and 30,000.
 * @param failures attempts that failed since the last connection, from 0
 * @param random a number in [0, 1)
 */
export function reconnectDelay(failures: number, random: number): number {
  const ceiling = Math.min(longestMilliseconds, shortestMilliseconds * 2 ** (Math.min(failures, 16) + 1))
  return Math.round(shortestMilliseconds + random * (ceiling - shortestMilliseconds))
}

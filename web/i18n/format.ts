/** Figures as people write them, by Intl. Every function takes the language, so that tests can ask for both. */
import type { Language } from '#protocol/primitives.ts'

const unitSpace = '\u00a0'

export function formatCount(count: number, language: Language): string {
  return new Intl.NumberFormat(language).format(count)
}

/** Milliseconds as "12 ms", "0.4 s", "6.2 s", "48 s" or "2 min 5 s". */
export function formatDuration(milliseconds: number, language: Language): string {
  if (milliseconds < 100) return `${formatCount(Math.round(milliseconds), language)}${unitSpace}ms`
  const seconds = milliseconds / 1000
  const digits = seconds < 9.95 ? 1 : 0
  if (seconds < 59.5) return `${new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(seconds)}${unitSpace}s`
  const whole = Math.round(seconds)
  return `${formatCount(Math.floor(whole / 60), language)}${unitSpace}min ${whole % 60}${unitSpace}s`
}

/** US dollars with two significant digits below a cent: "$0.0021", "0,0021 $". */
export function formatCost(dollars: number, language: Language): string {
  const small = dollars > 0 && dollars < 0.01
  const digits = small ? { maximumSignificantDigits: 2 } : { minimumFractionDigits: 2, maximumFractionDigits: 2 }
  return new Intl.NumberFormat(language, { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol', ...digits }).format(dollars)
}

/** A share between 0 and 1, with two digits. */
export function formatShare(share: number, language: Language): string {
  return new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(share)
}

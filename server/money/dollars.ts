import { dividedHalfUp, scaledDecimal } from '../lib/exact-decimal.ts'

/** Money is counted in 10^-12 dollars, as whole numbers: a token of the cheapest models costs some 10,000 of them. */
const places = 12

/** Rates are dollars for a million tokens, with up to 12 decimals: a token then costs a whole number of 10^-18 dollars. */
const ratePlaces = 12
const unitsPerPico = 1_000_000n

/** What so many tokens cost at these rates, in dollars: summed exactly, and rounded once, at the end. */
export function dollarsFor(lines: readonly { readonly tokens: number; readonly rate: number }[]): number {
  const units = lines.reduce((sum, { tokens, rate }) => sum + BigInt(tokens) * scaledDecimal(rate, ratePlaces), 0n)
  return inDollars(dividedHalfUp(units, unitsPerPico))
}

/** The exact sum of amounts that `dollarsFor` gave. */
export function sumOfDollars(amounts: readonly number[]): number {
  return inDollars(amounts.reduce((sum, amount) => sum + scaledDecimal(amount, places), 0n))
}

/** Below 9,000 dollars both numbers are exact, so that the quotient is the number that is written like it. */
function inDollars(picos: bigint): number {
  return Number(picos) / 10 ** places
}

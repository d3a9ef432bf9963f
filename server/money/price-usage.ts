import type { PriceProblem, PriceRow, Usage } from '#protocol/turn.ts'
import type { ModelPrice, Rate } from '../models/model-catalog.ts'
import { dollarsFor } from './dollars.ts'

/** What a call cost, in dollars, and the row by which it was priced; or, by name, why that is not known. It is then never 0. */
export type Priced =
  | { readonly price: PriceRow; readonly cost: number; readonly problem: null }
  | { readonly price: PriceRow | null; readonly cost: null; readonly problem: PriceProblem }

/**
 * 1. The size of the question picks the tier, and the tier holds for all tokens of the call.
 * 2. Cached and cache-writing tokens are parts of the input, reasoning is a part of the output: each token is paid once.
 * 3. A part that the provider did not count was none; input and output must be known.
 */
export function priceUsage(usage: Usage, listed: ModelPrice | { readonly problem: PriceProblem }): Priced {
  if ('problem' in listed) return { price: null, cost: null, problem: listed.problem }
  const price = rowFor(listed, usage.input ?? 0)
  if (!isSound(price)) return { price: null, cost: null, problem: 'price_invalid' }
  if (price.source === 'unpriced') return { price, cost: 0, problem: null }
  const tokens = tokensOf(usage)
  if (tokens === null) return { price, cost: null, problem: 'usage_unknown' }
  const cost = dollarsFor([
    { tokens: tokens.input, rate: price.input },
    { tokens: tokens.cached, rate: price.cached_input ?? price.input },
    { tokens: tokens.written, rate: price.cache_write ?? price.input },
    { tokens: tokens.output, rate: price.output },
    { tokens: tokens.reasoning, rate: price.reasoning ?? price.output },
  ])
  return { price, cost, problem: null }
}

/** No rate is negative or no number. */
function isSound(price: PriceRow): boolean {
  return Object.values(price).every((rate) => typeof rate !== 'number' || (rate >= 0 && rate < Infinity))
}

/** Each token under one heading; null where they do not add up. */
function tokensOf({ input, cached_input, cache_write_input, output, reasoning }: Usage) {
  if (input === null || output === null) return null
  const [cached, written, reasoned] = [cached_input ?? 0, cache_write_input ?? 0, reasoning ?? 0]
  const tokens = { input: input - cached - written, cached, written, output: output - reasoned, reasoning: reasoned }
  return Object.values(tokens).every((count) => Number.isSafeInteger(count) && count >= 0) ? tokens : null
}

function rowFor(price: ModelPrice, inputTokens: number): PriceRow {
  const at = (rate: Rate | null) => (rate === null ? null : rateAt(rate, inputTokens))
  return {
    source: price.source, input: rateAt(price.input, inputTokens), cached_input: at(price.cachedInput), cache_write: at(price.cacheWrite),
    output: rateAt(price.output, inputTokens), reasoning: at(price.reasoning),
  }
}

function rateAt(rate: Rate, inputTokens: number): number {
  if (typeof rate === 'number') return rate
  const passed = rate.tiers.filter(({ start }) => inputTokens > start).toSorted((a, b) => b.start - a.start)
  return passed[0]?.price ?? rate.base
}

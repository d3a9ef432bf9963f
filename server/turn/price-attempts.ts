import type { Attempt } from '#protocol/turn.ts'
import { priceUsage, type Priced } from '../money/price-usage.ts'
import type { TurnDeps } from './turn-deps.ts'

/** The attempts with what each cost at the prices of the moment it began. One that used nothing has no price and no cost. */
export function priceAttempts(deps: Pick<TurnDeps, 'catalog' | 'events'>, attempts: readonly Attempt[]): Promise<readonly Attempt[]> {
  return Promise.all(attempts.map(async (attempt) => {
    const { price, cost, problem } = await pricedAttempt(deps, attempt)
    return { ...attempt, price, cost, price_problem: problem }
  }))
}

async function pricedAttempt(
  deps: Pick<TurnDeps, 'catalog' | 'events'>, { provider, model, usage, started_at }: Attempt,
): Promise<Priced | { readonly price: null; readonly cost: null; readonly problem: null }> {
  try {
    if (usage === null && provider !== 'librarian') return { price: null, cost: null, problem: null }
    const known = await deps.catalog.find(provider, model, Date.parse(started_at))
    return priceUsage(usage ?? usedNothing, known.price)
  } catch (error) {
    // A turn is closed all the same.
    deps.events.unexpected('looking up a price', error)
    return { price: null, cost: null, problem: 'catalogue_unavailable' }
  }
}

const usedNothing = { input: 0, cached_input: null, output: 0, reasoning: null, estimated: false }

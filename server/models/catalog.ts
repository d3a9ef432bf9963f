/**
 * Windows and prices: the operator's own list first, then the kept catalogue of `@pydantic/genai-prices`, which is pinned and never
 * fetched. It is some 800 KB, so it is loaded when a model is first looked up.
 */
import type { ModelInfo, ModelPrice as ListedPrice } from '@pydantic/genai-prices'
import { unpriced, type KnownModel, type ModelCatalog, type ModelPrice, type Rate } from './model-catalog.ts'

/** Dollars for a million tokens, as `PARLEY_PRICES` has them. */
export interface OperatorPrice {
  readonly input: number
  readonly cached_input?: number | undefined
  readonly cache_write?: number | undefined
  readonly output: number
}

/** By `<provider>/<model>`; `<provider>/*` stands for every model of a provider that is not named. */
export type OperatorPrices = Readonly<Record<string, OperatorPrice>>

/** Providers that send bills. Any other is an endpoint of the operator's own. */
const billing = new Set(['openai', 'anthropic', 'google', 'openrouter', 'groq'])
const loadCatalogue = () => import('@pydantic/genai-prices')

/** A row is looked for once an hour: among hundreds of patterns that takes a good part of a millisecond, and rows change by day or hour. */
const hourMs = 3_600_000
const mostRemembered = 500

export function modelCatalog(operatorPrices: OperatorPrices): ModelCatalog {
  const remembered = new Map<string, KnownModel>()
  const listedModel = async (provider: string, model: string, at: number) => {
    const key = `${Math.floor(at / hourMs)} ${provider}/${model}`
    const known = remembered.get(key) ?? (await findListed(provider, model, at))
    if (remembered.size >= mostRemembered) remembered.clear()
    remembered.set(key, known)
    return known
  }
  return {
    async find(provider, model, at) {
      const own = ownPrice(operatorPrices, provider, model)
      if (!billing.has(provider)) return { contextTokens: null, price: own ?? unpriced }
      const listed = await listedModel(provider, model, at)
      return own ? { ...listed, price: own } : listed
    },
  }
}

function ownPrice(prices: OperatorPrices, provider: string, model: string): ModelPrice | null {
  const name = [`${provider}/${model}`, `${provider}/*`].find((key) => Object.hasOwn(prices, key))
  const price = name === undefined ? null : prices[name]
  if (!price) return null
  return {
    source: 'operator', input: price.input, cachedInput: price.cached_input ?? null, cacheWrite: price.cache_write ?? null,
    output: price.output, reasoning: null,
  }
}

async function findListed(provider: string, model: string, at: number): Promise<KnownModel> {
  const { calcPrice } = await loadCatalogue()
  try {
    // Only the row is taken from there: it calculates in floating point.
    const found = calcPrice({}, model, { providerId: provider, timestamp: new Date(at) })
    return found ? knownModel(found.model, found.model_price) : { contextTokens: null, price: { problem: 'model_not_listed' } }
  } catch {
    return { contextTokens: null, price: { problem: 'price_invalid' } }
  }
}

function knownModel({ context_window }: ModelInfo, listed: ListedPrice): KnownModel {
  const contextTokens = context_window ?? null
  const { input_mtok: input, output_mtok: output } = listed
  if (input === undefined || output === undefined) return { contextTokens, price: { problem: 'price_missing' } }
  const rate = (name: string): Rate | null => listed[name] ?? null
  const price: ModelPrice = {
    source: 'catalogue', input, cachedInput: rate('cache_read_mtok'), cacheWrite: rate('cache_write_mtok'), output, reasoning: rate('output_reasoning_mtok'),
  }
  return { contextTokens, price }
}

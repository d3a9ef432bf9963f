import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Usage } from '#protocol/turn.ts'
import { modelCatalog } from '../../server/models/catalog.ts'
import type { ModelPrice } from '../../server/models/model-catalog.ts'
import { dollarsFor, sumOfDollars } from '../../server/money/dollars.ts'
import { priceUsage } from '../../server/money/price-usage.ts'

function usage(input: number | null, output: number | null, more: Partial<Usage> = {}): Usage {
  return { input, cached_input: null, output, reasoning: null, estimated: false, ...more }
}

interface WorkedExample {
  readonly name: string
  readonly model: string
  /** The day of the call; prices change. */
  readonly on: string
  readonly usage: Usage
  /** Reckoned by hand from the page that `source` names. */
  readonly dollars: number
  /** The page that the catalogue, @pydantic/genai-prices 0.1.8, records its row from. */
  readonly source: string
}

const examples: readonly WorkedExample[] = [
  {
    name: 'input and output', model: 'openai/gpt-4o-mini', on: '2026-11-20', usage: usage(1000, 100),
    dollars: 0.00021, // 1,000 × 0.15 + 100 × 0.60
    source: 'https://developers.openai.com/api/docs/pricing',
  },
  {
    name: 'cached input at half the price', model: 'openai/gpt-4o-mini', on: '2026-11-20', usage: usage(1200, 350, { cached_input: 1024 }),
    dollars: 0.0003132, // 176 × 0.15 + 1,024 × 0.075 + 350 × 0.60
    source: 'https://developers.openai.com/api/docs/guides/prompt-caching',
  },
  {
    name: 'reasoning is output, and paid once', model: 'openai/gpt-5', on: '2026-11-20', usage: usage(900, 2000, { reasoning: 1600 }),
    dollars: 0.021125, // 900 × 1.25 + 2,000 × 10
    source: 'https://developers.openai.com/api/docs/pricing',
  },
  {
    name: 'o3 before its price fell', model: 'openai/o3', on: '2025-06-09', usage: usage(10_000, 1000),
    dollars: 0.14, // 10,000 × 10 + 1,000 × 40
    source: 'https://openai.com/api/pricing/',
  },
  {
    name: 'o3 from 2025-06-10 on', model: 'openai/o3', on: '2025-06-10', usage: usage(10_000, 1000),
    dollars: 0.028, // 10,000 × 2 + 1,000 × 8
    source: 'https://openai.com/api/pricing/',
  },
  {
    name: 'the last token below the long context', model: 'openai/gpt-5.4', on: '2026-11-20', usage: usage(271_999, 1000),
    dollars: 0.6949975, // 271,999 × 2.50 + 1,000 × 15
    source: 'https://developers.openai.com/api/docs/pricing',
  },
  {
    name: 'the long context, for all tokens of the call', model: 'openai/gpt-5.4', on: '2026-11-20', usage: usage(272_000, 1000, { cached_input: 200_000 }),
    dollars: 0.4825, // 72,000 × 5 + 200,000 × 0.50 + 1,000 × 22.50
    source: 'https://developers.openai.com/api/docs/pricing',
  },
  {
    name: 'cache writes at 1.25 times the input', model: 'openai/gpt-5.6-luna', on: '2026-07-30', usage: usage(3000, 500, { cached_input: 1000, cache_write_input: 1500 }),
    dollars: 0.001095, // 500 × 0.20 + 1,000 × 0.02 + 1,500 × 0.25 + 500 × 1.20
    source: 'https://developers.openai.com/api/docs/models/gpt-5.6-luna',
  },
  {
    name: 'a cache that is written', model: 'anthropic/claude-sonnet-4-20250514', on: '2026-11-20', usage: usage(4740, 255, { cached_input: 0, cache_write_input: 4735 }),
    dollars: 0.02159625, // 5 × 3 + 4,735 × 3.75 + 255 × 15
    source: 'https://www.anthropic.com/pricing#api',
  },
  {
    name: 'a cache that is read', model: 'anthropic/claude-haiku-4-5', on: '2026-11-20', usage: usage(5100, 200, { cached_input: 5000, cache_write_input: 0 }),
    dollars: 0.0016, // 100 × 1 + 5,000 × 0.10 + 200 × 5
    source: 'https://platform.claude.com/docs/en/build-with-claude/prompt-caching#pricing',
  },
  {
    name: 'thoughts of Gemini', model: 'google/gemini-2.5-flash', on: '2026-11-20', usage: usage(1000, 1500, { cached_input: 0, reasoning: 1200 }),
    dollars: 0.00405, // 1,000 × 0.30 + 1,500 × 2.50
    source: 'https://ai.google.dev/gemini-api/docs/pricing',
  },
  {
    name: 'Gemini Pro up to 200,000 tokens', model: 'google/gemini-2.5-pro', on: '2026-11-20', usage: usage(200_000, 1000),
    dollars: 0.26, // 200,000 × 1.25 + 1,000 × 10
    source: 'https://ai.google.dev/gemini-api/docs/pricing#gemini-2.5-pro',
  },
  {
    name: 'Gemini Pro above 200,000 tokens', model: 'google/gemini-2.5-pro', on: '2026-11-20', usage: usage(200_001, 1000),
    dollars: 0.5150025, // 200,001 × 2.50 + 1,000 × 15
    source: 'https://ai.google.dev/gemini-api/docs/pricing#gemini-2.5-pro',
  },
  {
    name: 'Llama on Groq', model: 'groq/llama-3.3-70b-versatile', on: '2026-11-20', usage: usage(1234, 567),
    dollars: 0.00117599, // 1,234 × 0.59 + 567 × 0.79
    source: 'https://console.groq.com/docs/models',
  },
  {
    name: 'an id with a slash of its own', model: 'openrouter/minimax/minimax-01', on: '2026-11-20', usage: usage(1500, 300),
    dollars: 0.00063, // 1,500 × 0.20 + 300 × 1.10
    source: 'https://openrouter.ai/models',
  },
  {
    name: 'reasoning with a price of its own', model: 'openrouter/perplexity/sonar-deep-research', on: '2026-11-20', usage: usage(1000, 5000, { reasoning: 4000 }),
    dollars: 0.022, // 1,000 × 2 + 1,000 × 8 + 4,000 × 3
    source: 'https://openrouter.ai/perplexity/sonar-deep-research/pricing',
  },
]

for (const { name, model, on, usage, dollars, source } of examples) {
  test(`[MY1] ${name}: ${model} on ${on} costs ${dollars} dollars by ${source}`, async () => {
    const [provider, ...rest] = model.split('/')
    const { price } = await modelCatalog({}).find(provider!, rest.join('/'), Date.parse(on))

    assert.equal(priceUsage(usage, price).cost, dollars)
  })
}

const plain: ModelPrice = { source: 'operator', input: 1, cachedInput: null, cacheWrite: null, output: 2, reasoning: null }

test('[MY2] a price that is unknown, negative or no number is named, and costs are then not known', () => {
  const cases: readonly [Parameters<typeof priceUsage>[1], string][] = [
    [{ problem: 'model_not_listed' }, 'model_not_listed'],
    [{ ...plain, input: -1 }, 'price_invalid'],
    [{ ...plain, cachedInput: -0.01 }, 'price_invalid'],
    [{ ...plain, output: NaN }, 'price_invalid'],
    [{ ...plain, output: { base: 1, tiers: [{ start: 5, price: -2 }] } }, 'price_invalid'],
  ]
  for (const [price, problem] of cases) {
    const { cost, problem: named } = priceUsage(usage(10, 10), price)
    assert.deepEqual([cost, named], [null, problem])
  }
})

test('[MY2] tokens that are not known, or do not add up, have no cost', () => {
  for (const counted of [usage(null, 5), usage(5, null), usage(5, 5, { cached_input: 6 }), usage(5, 5, { reasoning: 6 }), usage(1.5, 1)]) {
    const { cost, problem } = priceUsage(counted, plain)
    assert.deepEqual([cost, problem], [null, 'usage_unknown'])
  }
})

test('[MY1] cached and written tokens without a rate cost what input costs', () => {
  assert.equal(priceUsage(usage(10, 0, { cached_input: 4, cache_write_input: 3 }), plain).cost, 0.00001)
})

test('[MY3] sums are exact, where floating point is not', () => {
  assert.equal(sumOfDollars([0.1, 0.2]), 0.3)
  assert.equal(sumOfDollars(Array.from({ length: 1000 }, () => 0.0000007)), 0.0007)
  assert.equal(dollarsFor([{ tokens: 3, rate: 0.1 }, { tokens: 10, rate: 1e-7 }]), 3.00001e-7)
})

test('[MY3] a call split into calls costs the same, whatever the rates', () => {
  const cents = fc.integer({ min: 0, max: 10_000_000 }).map((millionths) => millionths / 1_000_000)
  const counts = fc.integer({ min: 0, max: 2_000_000 })
  fc.assert(fc.property(cents, fc.array(counts, { minLength: 1, maxLength: 20 }), (rate, parts) => {
    const whole = parts.reduce((sum, part) => sum + part, 0)
    assert.equal(sumOfDollars(parts.map((tokens) => dollarsFor([{ tokens, rate }]))), dollarsFor([{ tokens: whole, rate }]))
  }))
})

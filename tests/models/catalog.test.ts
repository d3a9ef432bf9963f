import assert from 'node:assert/strict'
import { test } from 'node:test'
import { builtInAgents } from '../../server/agents/built-in-agents.ts'
import { modelCatalog } from '../../server/models/catalog.ts'

const now = Date.parse('2026-11-20')

test('[MY2] every model that comes with an agent has a price, and none is free', async () => {
  const catalog = modelCatalog({})
  for (const id of new Set(builtInAgents.flatMap(({ route }) => route))) {
    const [provider, ...model] = id.split('/')
    const { price } = await catalog.find(provider!, model.join('/'), now)
    assert.ok('source' in price && price.source === 'catalogue' && price.input !== 0 && price.output !== 0, id)
  }
})

test('[MY4] the window of a model is known where the catalogue names it', async () => {
  const catalog = modelCatalog({})
  assert.equal((await catalog.find('openai', 'gpt-4o-mini', now)).contextTokens, 128_000)
  assert.equal((await catalog.find('anthropic', 'claude-haiku-4-5', now)).contextTokens, 200_000)
  assert.equal((await catalog.find('ollama', 'gpt-4o-mini', now)).contextTokens, null)
})

test('[MY2] what the catalogue does not price by the token is a problem with a name', async () => {
  const catalog = modelCatalog({})
  assert.deepEqual((await catalog.find('openai', 'nobody-knows-it', now)).price, { problem: 'model_not_listed' })
  assert.deepEqual((await catalog.find('openai', 'whisper-1', now)).price, { problem: 'price_missing' })
})

test('[MY4] an endpoint of the operator is free and says so, unless it has a price', async () => {
  const own = modelCatalog({ 'vllm/qwen': { input: 0.1, output: 0.2 } })
  const sourceOf = async (provider: string, model: string) => {
    const { price } = await own.find(provider, model, now)
    return 'source' in price ? [price.source, price.input] : price.problem
  }
  assert.deepEqual(await sourceOf('vllm', 'llama'), ['unpriced', 0])
  assert.deepEqual(await sourceOf('vllm', 'qwen'), ['operator', 0.1])
  assert.deepEqual(await sourceOf('librarian', 'librarian'), ['unpriced', 0])
})

test("[MY4] the operator's price goes before the catalogue's, and a model's own before its provider's", async () => {
  const own = modelCatalog({ 'openai/gpt-4o-mini': { input: 7, output: 8 }, 'openai/*': { input: 9, output: 10 } })
  const inputOf = async (model: string) => {
    const { price } = await own.find('openai', model, now)
    return 'source' in price ? price.input : null
  }
  assert.deepEqual([await inputOf('gpt-4o-mini'), await inputOf('gpt-4o')], [7, 9])
  assert.equal((await own.find('openai', 'gpt-4o-mini', now)).contextTokens, 128_000)
})

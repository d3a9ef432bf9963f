import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { builtInAgents } from '../../server/agents/built-in-agents.ts'
import { librarian, modelId, planRoute, resolveModel } from '../../server/agents/model-route.ts'

const route = builtInAgents[0]!.route
const plan = (requestedModel: string | null, ...configured: string[]) => {
  const { candidates, fellBack } = planRoute({ requestedModel, route, configured })
  return { models: candidates.map(modelId), fellBack }
}

test('without any key the librarian answers, and a requested model is said to have fallen back', () => {
  assert.deepEqual(plan(null), { models: ['librarian/librarian'], fellBack: false })
  assert.deepEqual(plan('gpt-4o-mini'), { models: ['librarian/librarian'], fellBack: true })
})

test('the route is followed where there are keys', () => {
  assert.deepEqual(plan(null, 'groq', 'openai'), { models: ['openai/gpt-4o-mini', 'groq/llama-3.3-70b-versatile'], fellBack: false })
})

test('a requested model comes first, then the route, each once', () => {
  const { models } = plan('groq/llama-3.1-8b-instant', 'groq', 'openai')

  assert.deepEqual(models, ['groq/llama-3.1-8b-instant', 'openai/gpt-4o-mini', 'groq/llama-3.3-70b-versatile'])
  assert.deepEqual(plan('openai/gpt-4o-mini', 'openai'), { models: ['openai/gpt-4o-mini'], fellBack: false })
})

test('a requested model without a key falls to the route’s next candidate', () => {
  assert.deepEqual(plan('gpt-4o-mini', 'groq'), { models: ['groq/llama-3.3-70b-versatile'], fellBack: true })
  assert.deepEqual(plan('anthropic/claude-opus-4', 'openai'), { models: ['openai/gpt-4o-mini'], fellBack: true })
})

test('OpenRouter ids keep their inner slash, with and without the provider before them', () => {
  assert.deepEqual(resolveModel('openrouter/minimax/minimax-01', ['openrouter']), { provider: 'openrouter', model: 'minimax/minimax-01' })
  assert.deepEqual(resolveModel('minimax/minimax-01', ['openai', 'openrouter']), { provider: 'openrouter', model: 'minimax/minimax-01' })
  assert.equal(resolveModel('openrouter/', ['openrouter']), null)
})

test('a bare name goes to the provider that serves its family', () => {
  const all = ['openai', 'groq', 'anthropic', 'google']
  const families = {
    'gpt-4o': 'openai',
    'o1-mini': 'openai',
    o3: 'openai',
    'llama-3.3-70b-versatile': 'groq',
    'claude-haiku-4-5': 'anthropic',
    'gemini-2.5-flash': 'google',
  }
  for (const [model, provider] of Object.entries(families)) assert.deepEqual(resolveModel(model, all), { provider, model })
  assert.equal(resolveModel('of-nobody', all), null)
})

test('a bare name of no family goes to the only provider, and any name goes to an endpoint the operator added', () => {
  assert.deepEqual(resolveModel('sim-t20', ['openai']), { provider: 'openai', model: 'sim-t20' })
  assert.deepEqual(resolveModel('llama3.2', ['ollama']), { provider: 'ollama', model: 'llama3.2' })
  assert.deepEqual(resolveModel('qwen/qwen3', ['lmstudio']), { provider: 'lmstudio', model: 'qwen/qwen3' })
  assert.equal(resolveModel('llama3.2', ['openai']), null)
})

test('the librarian can be asked by name, and then it alone answers', () => {
  assert.deepEqual(plan('librarian', 'openai'), { models: ['librarian/librarian'], fellBack: false })
  assert.deepEqual(plan('librarian/anything', 'openai'), { models: ['librarian/librarian'], fellBack: false })
})

test('whatever is asked and configured, there are one to three different candidates that can be served', () => {
  const provider = fc.constantFrom('openai', 'anthropic', 'google', 'groq', 'openrouter', 'ollama', 'librarian')
  const model = fc.constantFrom('gpt-4o', 'o3', 'llama3', 'x', '', '/', 'a/b', 'librarian', '__proto__', 'constructor/x')
  const id = fc.oneof(model, fc.tuple(provider, model).map((parts) => parts.join('/')))
  const configured = fc.uniqueArray(fc.constantFrom<string[]>('openai', 'anthropic', 'google', 'groq', 'openrouter', 'ollama'))
  fc.assert(
    fc.property(fc.option(id), fc.array(id), configured, (requestedModel, ids, keys) => {
      const { candidates, fellBack } = planRoute({ requestedModel, route: ids, configured: keys })

      assert.ok(candidates.length >= 1 && candidates.length <= 3)
      assert.equal(new Set(candidates.map(modelId)).size, candidates.length)
      assert.ok(candidates.every((candidate) => keys.includes(candidate.provider) || candidate.provider === librarian.provider))
      assert.ok(candidates.every((candidate) => candidate.model !== ''))
      assert.ok(!fellBack || requestedModel !== null)
    }),
  )
})

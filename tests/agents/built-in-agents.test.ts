import assert from 'node:assert/strict'
import { test } from 'node:test'
import { builtInAgents } from '../../server/agents/built-in-agents.ts'
import { findAgent } from '../../server/agents/find-agent.ts'
import { planRoute } from '../../server/agents/model-route.ts'

test('AnimA, Neo and Nexus come with it, each with its own first model', () => {
  assert.deepEqual(
    builtInAgents.map((agent) => [agent.id, agent.route[0]]),
    [['AnimA', 'openai/gpt-4o-mini'], ['Neo', 'google/gemini-2.5-flash'], ['Nexus', 'anthropic/claude-haiku-4-5']],
  )
})

test('an agent is found however its id is cased, and an unknown one is not', () => {
  for (const id of ['AnimA', 'anima', 'ANIMA']) assert.equal(findAgent(id)?.id, 'AnimA')
  assert.equal(findAgent('Anim'), null)
  assert.equal(findAgent('__proto__'), null)
})

test('any single key serves every agent', () => {
  for (const provider of ['openai', 'anthropic', 'google', 'groq', 'openrouter']) {
    for (const agent of builtInAgents) {
      const { candidates } = planRoute({ requestedModel: null, route: agent.route, configured: [provider] })
      assert.equal(candidates[0]?.provider, provider, `${agent.id} with a key for ${provider}`)
    }
  }
})

test('on OpenRouter minimax-01 is asked first', () => {
  for (const agent of builtInAgents) {
    const { candidates } = planRoute({ requestedModel: null, route: agent.route, configured: ['openrouter'] })
    assert.equal(candidates[0]?.model, 'minimax/minimax-01')
  }
})

test('every agent is described and instructed in English and in French, with French spacing', () => {
  for (const { id, description, instructions } of builtInAgents) {
    for (const text of [description.en, description.fr, instructions.en, instructions.fr]) assert.ok(text.length > 30, id)
    assert.match(instructions.en, /language of the question/)
    assert.match(instructions.fr, /langue de la question/)
    assert.doesNotMatch(description.fr + instructions.fr, /[^\u202f][;:!?](\s|$)/, id)
    assert.ok(instructions.en.startsWith(`You are ${id}`) && instructions.fr.startsWith(`Tu es ${id}`))
  }
})

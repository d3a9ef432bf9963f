/** What leaves the building for each provider: address, headers and body. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toAnthropicRequest, messagesUrl } from '../../server/models/anthropic/to-anthropic-request.ts'
import { streamGenerateContentUrl, toGoogleRequest } from '../../server/models/google/to-google-request.ts'
import type { ModelRequest } from '../../server/models/language-model.ts'
import { chatCompletionsUrl, toOpenAIRequest } from '../../server/models/openai-compatible/to-openai-request.ts'
import { adapters, hear, question, startProvider } from './ask.ts'

const bodies: Readonly<Record<string, object>> = {
  openai: {
    model: 'sim-t1', messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'What did I say?' }],
    stream: true, stream_options: { include_usage: true }, max_tokens: 4096, temperature: 0.4,
  },
  anthropic: {
    model: 'sim-t1', system: 'Be brief.', messages: [{ role: 'user', content: 'What did I say?' }], stream: true, max_tokens: 4096, temperature: 0.4,
  },
  google: {
    systemInstruction: { parts: [{ text: 'Be brief.' }] }, contents: [{ role: 'user', parts: [{ text: 'What did I say?' }] }],
    generationConfig: { maxOutputTokens: 4096, temperature: 0.4 },
  },
}

for (const adapter of adapters) {
  test(`${adapter.name}: the body holds the model, the messages and the limits, and nothing of who asks`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)

    await hear(model('sim-t1'))

    const [call] = simulator.calls
    assert.equal(call?.path, adapter.path('sim-t1'))
    assert.deepEqual(call?.body, bodies[adapter.name])
    assert.doesNotMatch(JSON.stringify([call?.body, call?.headers]), /tenant|marker-of-the-user|c_1|m_1/)
  })

  test(`${adapter.name}: earlier exchanges are sent in order, each under its role`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)
    const said = [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'One' }, { role: 'assistant', content: 'Two' }, { role: 'user', content: 'Three' }] as const

    await hear(model('sim-t1'), { ...question(), messages: said })

    assert.deepEqual(simulator.calls[0]?.messages, said)
  })
}

const parsed = (text: string) => JSON.parse(text) as Record<string, any>
const with2: ModelRequest = { ...question(), temperature: 2 }

test('OpenAI’s reasoning models get their own token limit and no temperature; elsewhere the same name gets the usual fields', () => {
  for (const model of ['gpt-5-mini', 'o1', 'o3-mini', 'o4-mini']) {
    const body = parsed(toOpenAIRequest('openai', model, question()))
    assert.equal(body.max_completion_tokens, 4096, model)
    assert.ok(!('max_tokens' in body) && !('temperature' in body), model)
  }
  for (const [provider, model] of [['openai', 'gpt-4o-mini'], ['openrouter', 'o3-mini'], ['groq', 'gpt-5']] as const) {
    const body = parsed(toOpenAIRequest(provider, model, question()))
    assert.equal(body.max_tokens, 4096, model)
    assert.ok(!('max_completion_tokens' in body) && 'temperature' in body, model)
  }
})

test('Anthropic’s temperatures end at 1, and its newer models are sent none', () => {
  for (const model of ['claude-haiku-4-5', 'claude-sonnet-4-6', 'claude-opus-4-20250514', 'claude-3-5-sonnet-latest']) {
    assert.equal(parsed(toAnthropicRequest(model, with2)).temperature, 1, model)
  }
  for (const model of ['claude-opus-4-7', 'claude-sonnet-5', 'claude-haiku-5-5', 'claude-opus-12']) {
    assert.ok(!('temperature' in parsed(toAnthropicRequest(model, with2))), model)
  }
})

test('Google’s thinking models are asked to show their thoughts, and no others', () => {
  const thoughts = (model: string) => parsed(toGoogleRequest(model, with2)).generationConfig.thinkingConfig?.includeThoughts
  for (const model of ['gemini-2.5-flash', 'gemini-3-pro-preview']) assert.equal(thoughts(model), true, model)
  for (const model of ['gemini-2.0-flash', 'gemini-2.5-flash-image', 'gemma-3']) assert.equal(thoughts(model), undefined, model)
})

test('messages without text, which Anthropic and Google refuse, are left out', () => {
  const request: ModelRequest = { ...question(), messages: [{ role: 'user', content: 'One' }, { role: 'assistant', content: '' }, { role: 'user', content: 'Two' }] }

  assert.equal(parsed(toAnthropicRequest('m', request)).messages.length, 2)
  assert.equal(parsed(toGoogleRequest('m', request)).contents.length, 2)
  assert.ok(!('system' in parsed(toAnthropicRequest('m', request))) && !('systemInstruction' in parsed(toGoogleRequest('m', request))))
})

const addresses: Readonly<Record<string, readonly [openai: string, anthropic: string, google: string]>> = {
  'https://host': ['/v1/chat/completions', '/v1/messages', '/v1beta/models/m:streamGenerateContent?alt=sse'],
  'https://host/': ['/v1/chat/completions', '/v1/messages', '/v1beta/models/m:streamGenerateContent?alt=sse'],
  'https://host/v1': ['/v1/chat/completions', '/v1/messages', '/v1/models/m:streamGenerateContent?alt=sse'],
  'https://host/v1beta/': ['/v1beta/chat/completions', '/v1beta/messages', '/v1beta/models/m:streamGenerateContent?alt=sse'],
  'https://host/api': ['/api/v1/chat/completions', '/api/v1/messages', '/api/v1beta/models/m:streamGenerateContent?alt=sse'],
  'https://host/openai/v1': ['/openai/v1/chat/completions', '/openai/v1/messages', '/openai/v1/models/m:streamGenerateContent?alt=sse'],
}

test('a base URL works with and without its version segment and its slash', () => {
  for (const [base, paths] of Object.entries(addresses)) {
    const urls = [chatCompletionsUrl(base), messagesUrl(base), streamGenerateContentUrl(base, 'm')]
    assert.deepEqual(urls.map((url) => url.href), paths.map((path) => `https://host${path}`), base)
  }
  assert.equal(chatCompletionsUrl('http://127.0.0.1:11434/v1?a=b').href, 'http://127.0.0.1:11434/v1/chat/completions?a=b')
})

test('a model’s name, which comes from a user, stays one segment of Google’s path', () => {
  const names = ['../../v1/files', 'a/../b', '..', 'x?key=1&alt=json', 'x#y', 'a%2fb', 'tunedModels/../../x', '\ud800']
  for (const name of names) {
    const { pathname, search, hash, host } = streamGenerateContentUrl('https://host/v1beta', name)
    assert.match(pathname, /^\/v1beta\/(models|tunedModels)\/[^/]+:streamGenerateContent$/, name)
    assert.deepEqual([host, search, hash], ['host', '?alt=sse', ''], name)
  }
})

/** What an operator sets about answers acts on every provider: read off what the provider got, and when it was given up. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { textOf } from '../support/chat-client.ts'
import { startApp } from '../support/start-app.ts'

interface Way {
  readonly provider: string
  readonly temperature: (body: any) => unknown
  readonly maxTokens: (body: any) => unknown
}

const ways: readonly Way[] = [
  { provider: 'openai', temperature: (body) => body.temperature, maxTokens: (body) => body.max_tokens },
  { provider: 'anthropic', temperature: (body) => body.temperature, maxTokens: (body) => body.max_tokens },
  { provider: 'google', temperature: (body) => body.generationConfig.temperature, maxTokens: (body) => body.generationConfig.maxOutputTokens },
]

/** An app whose only provider is the simulator, over that provider's own protocol. */
async function startWith(t: TestContext, provider: string, environment: Readonly<Record<string, string>>) {
  const app = await startApp(t, {
    environment: { OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k', GOOGLE_API_KEY: 'k', ...environment },
    addresses: ['OPENAI_BASE_URL', 'ANTHROPIC_BASE_URL', 'GOOGLE_BASE_URL'],
  })
  // Whoever would answer instead is as slow.
  for (const model of ['gpt-4o-mini', 'claude-haiku-4-5', 'gemini-2.5-flash']) app.provider.answerAs(model, 'sim-stall0')
  const client = await app.signIn('ada@acme').connect()
  return { app, say: (model: string, more = {}) => client.say('Hello', { model: `${provider}/${model}`, ...more }) }
}

for (const { provider, temperature, maxTokens } of ways) {
  test(`${provider}: EMERGENCE_TEMP_DEFAULT, MAX_TOKENS_DEFAULT, ENABLE_STREAMING and the deadlines act`, async (t) => {
    const { app, say } = await startWith(t, provider, {
      EMERGENCE_TEMP_DEFAULT: '0.7', MAX_TOKENS_DEFAULT: '321', ENABLE_STREAMING: 'false', PARLEY_FIRST_DELTA_SECONDS: '0.8', PARLEY_IDLE_SECONDS: '0.4', PARLEY_TURN_SECONDS: '1.2',
    })

    const whole = await say('sim-t30')
    await say('sim-t1-s1', { temperature: 0.2 })
    const codes = []
    for (const model of ['sim-stall0', 'sim-t9-stall3', 'sim-t5000-g20']) {
      const last = (await say(model)).at(-1)!
      codes.push(last.type === 'chat.failed' && last.payload.code)
    }

    const [first, second] = app.provider.calls
    assert.deepEqual([temperature(first?.body), maxTokens(first?.body), temperature(second?.body)], [0.7, 321, 0.2])
    assert.deepEqual(whole.map((event) => event.type), ['chat.delta', 'chat.done'])
    assert.equal(textOf(whole), app.provider.expectedText('sim-t30'))
    assert.deepEqual(codes, ['first_delta_timeout', 'idle_timeout', 'turn_timeout'])
  })
}

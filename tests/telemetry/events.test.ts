import assert from 'node:assert/strict'
import { test } from 'node:test'
import { businessEvents } from '../../server/telemetry/events.ts'
import type { EndedAttempt } from '../../server/telemetry/events.ts'
import { createLogger } from '../../server/telemetry/logger.ts'
import { createMetrics } from '../../server/telemetry/metrics.ts'

function listenedEvents() {
  const lines: string[] = []
  const metrics = createMetrics()
  const logger = createLogger({ level: 'trace', secrets: [], destination: { write: (line) => void lines.push(line) } })
  const samples = async () => (await metrics.text()).split('\n').filter((line) => /^(chat|llm|runreceipt|websocket)_.* (?!0$)/.test(line))
  return { events: businessEvents(logger, metrics), lines, samples }
}

const attempt: EndedAttempt = {
  turnId: 't_1',
  provider: 'openai',
  model: 'gpt-4o-mini',
  outcome: 'completed',
  error: null,
  providerStatus: 200,
  detail: null,
  firstDeltaMs: 300,
  totalMs: 3000,
  usage: { input: 120, cached_input: 100, output: 40, reasoning: 10, estimated: false },
}

test('a question and its settled turn count as two messages and one receipt', async () => {
  const { events, lines, samples } = listenedEvents()
  events.questionAccepted({ turnId: 't_1', conversationId: 'c_1', agentId: 'AnimA' })
  events.turnSettled({
    turnId: 't_1', conversationId: 'c_1', outcome: 'completed', failureCode: null, provider: 'openai', model: 'gpt-4o-mini', totalMs: 3010,
    costs: [{ provider: 'openai', model: 'gpt-4o-mini', cost: 0.25 }, { provider: 'openai', model: 'nobody-knows-it', cost: null }],
  })
  assert.deepEqual(await samples(), [
    'chat_messages_total{role="user"} 1',
    'chat_messages_total{role="assistant"} 1',
    'llm_cost_total{provider="openai",model="gpt-4o-mini"} 0.25',
    'runreceipt_persisted_total 1',
  ])
  assert.deepEqual(lines.map((line) => JSON.parse(line).msg), ['question accepted', 'turn settled'])
})

test('a model call moves calls, tokens and both latencies; cached and reasoning tokens are not counted twice', async () => {
  const { events, samples } = listenedEvents()
  events.attemptEnded(attempt)
  const figures = await samples()
  const model = 'provider="openai",model="gpt-4o-mini"'
  assert.ok(figures.includes(`llm_api_calls_total{${model},outcome="completed"} 1`))
  assert.ok(figures.includes(`llm_tokens_total{${model},direction="input"} 120`))
  assert.ok(figures.includes(`llm_tokens_total{${model},direction="output"} 40`))
  assert.ok(figures.includes(`llm_latency_seconds_sum{${model}} 3`))
  assert.ok(figures.includes(`llm_time_to_first_token_seconds_sum{${model}} 0.3`))
})

test('a call that failed before its first delta has no time to a first token, and its line is a warning', async () => {
  const { events, lines, samples } = listenedEvents()
  const refused = { outcome: 'failed', error: 'provider_rate_limited', providerStatus: 429, firstDeltaMs: null, usage: null } as const
  events.attemptEnded({ ...attempt, ...refused })
  assert.ok(!(await samples()).some((line) => line.startsWith('llm_time_to_first_token')))
  assert.equal(JSON.parse(lines[0]!).level, 'warn')
})

test('whatever models users ask for by name, the series stay bounded', async () => {
  const { events, samples } = listenedEvents()
  for (let n = 0; n < 500; n++) events.attemptEnded({ ...attempt, model: `made-up-${n}` })
  const calls = (await samples()).filter((line) => line.startsWith('llm_api_calls_total'))
  assert.equal(calls.length, 101)
  assert.ok(calls.includes('llm_api_calls_total{provider="openai",model="other",outcome="completed"} 400'))
})

test('sockets are counted up and down, frames by direction and by a type that the protocol knows', async () => {
  const { events, samples } = listenedEvents()
  events.socketOpened()
  events.socketOpened()
  events.socketClosed({ code: 1000 })
  for (const type of ['chat.send', 'chat', 'ping', 'x'.repeat(64), '__proto__', 'chat.delta']) events.frameReceived(type)
  for (const type of ['chat.delta', 'chat.delta', 'ws:chat_stream_chunk', 'made-up']) events.frameSent(type)
  assert.deepEqual((await samples()).filter((line) => line.startsWith('websocket')), [
    'websocket_connections_active 1',
    'websocket_messages_total{direction="in",type="chat.send"} 1',
    'websocket_messages_total{direction="in",type="chat"} 1',
    'websocket_messages_total{direction="in",type="ping"} 1',
    'websocket_messages_total{direction="in",type="unknown"} 3',
    'websocket_messages_total{direction="out",type="chat.delta"} 2',
    'websocket_messages_total{direction="out",type="ws:chat_stream_chunk"} 1',
    'websocket_messages_total{direction="out",type="unknown"} 1',
  ])
})

test('two apps in one process do not share figures', async () => {
  const one = listenedEvents()
  const other = listenedEvents()
  one.events.socketOpened()
  assert.deepEqual(await other.samples(), [])
})

test('figures come with those of the process', async () => {
  assert.match(await createMetrics().text(), /^process_resident_memory_bytes \d+$/m)
})

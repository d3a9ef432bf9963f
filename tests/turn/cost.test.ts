import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { terminalOf } from '../support/chat-client.ts'
import { startApp } from '../support/start-app.ts'

const prices = JSON.stringify({ 'openai/*': { input: 10, cached_input: 1, output: 40 } })
const environment = { PARLEY_PRICES: prices }

test('[MY3] an answer costs what its tokens cost, and says so wherever it is seen', async (t) => {
  const app = await startApp(t, { environment })
  const ada = app.signIn('ada@acme')
  const client = await ada.connect()

  const done = terminalOf(await client.say('Hello', { model: 'openai/sim-t12' }))
  const { body: receipt } = await ada.call('GET', `/api/v1/chat/turns/${done.payload.turn_id}/receipt`)
  const { body: turn } = await ada.call('GET', `/api/v1/chat/turns/${done.payload.turn_id}`)
  const { body: metrics } = await ada.call('GET', '/metrics')

  // 25 tokens at 10 dollars a million, 12 at 40.
  assert.equal(done.payload.cost, 0.00073)
  assert.equal(receipt.cost, 0.00073)
  assert.equal(receipt.attempts[0].cost, 0.00073)
  assert.deepEqual(receipt.price, { source: 'operator', input: 10, cached_input: 1, cache_write: null, output: 40, reasoning: null })
  assert.equal(receipt.price_problem, null)
  assert.equal((turn.data ?? turn.turn ?? turn).receipt.cost, 0.00073)
  assert.match(metrics, /llm_cost_total\{provider="openai",model="sim-t12"\} 0\.00073\b/)
})

test('[MY4] PARLEY_PRICES names a file', async (t) => {
  const file = join(mkdtempSync(join(tmpdir(), 'parley-prices-')), 'prices.json')
  t.after(() => rmSync(dirname(file), { recursive: true }))
  writeFileSync(file, prices)
  const app = await startApp(t, { environment: { PARLEY_PRICES: file } })

  const done = terminalOf(await (await app.signIn('ada@acme').connect()).say('Hello', { model: 'openai/sim-t2' }))

  assert.equal(done.payload.cost, 0.00033)
})

test('[MY2] a model that nobody prices costs null, by name, and answers all the same', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')

  const done = terminalOf(await (await ada.connect()).say('Hello', { model: 'openai/sim-t3' }))
  const { body: receipt } = await ada.call('GET', `/api/v1/chat/turns/${done.payload.turn_id}/receipt`)

  assert.deepEqual([done.type, done.payload.cost], ['chat.done', null])
  assert.deepEqual([receipt.cost, receipt.price, receipt.price_problem], [null, null, 'model_not_listed'])
})

test('[MY4] an endpoint of the operator costs 0, and its receipt says that it is unpriced', async (t) => {
  const app = await startApp(t)
  const local = await startApp(t, { withProvider: false, environment: { PARLEY_OPENAI_COMPATIBLE: `vllm=${app.provider.url}` } })
  const ada = local.signIn('ada@acme')

  const done = terminalOf(await (await ada.connect()).say('Hello', { model: 'vllm/sim-t3' }))
  const { body: receipt } = await ada.call('GET', `/api/v1/chat/turns/${done.payload.turn_id}/receipt`)

  assert.deepEqual([done.payload.cost, receipt.price.source], [0, 'unpriced'])
})

test('[MY5] a stopped answer costs its question and what came of it, and says that this is estimated', async (t) => {
  const app = await startApp(t, { environment })
  const ada = app.signIn('ada@acme')
  const client = await ada.connect()
  const { turn_id } = await client.ask('Go on', { model: 'openai/sim-t5000-g5' })
  await client.next('chat.delta')

  client.send('chat.stop', { turn_id })
  const { payload } = terminalOf(await client.answer(turn_id))

  const { usage, cost } = payload
  assert.ok(usage?.estimated && usage.input! > 0 && usage.output! > 0)
  assert.equal(cost, Math.round(usage.input! * 10 + usage.output! * 40) / 1_000_000)
})

test('[MY5] an attempt that read the question before it was cut is paid beside the one that answered', async (t) => {
  const app = await startApp(t, { environment: { ...environment, GROQ_API_KEY: 'gsk', GROQ_BASE_URL: 'http://127.0.0.1:1' } })
  const ada = app.signIn('ada@acme')

  const done = terminalOf(await (await ada.connect()).say('Hello', { model: 'openai/sim-t3-cut0' }))
  const { body: receipt } = await ada.call('GET', `/api/v1/chat/turns/${done.payload.turn_id}/receipt`)

  const costs: readonly (number | null)[] = receipt.attempts.map((attempt: { cost: number | null }) => attempt.cost)
  assert.ok(receipt.attempts.length > 1 && costs[0]! > 0)
  const picos = (dollars: number) => BigInt(Math.round(dollars * 1e12))
  assert.equal(picos(receipt.cost), costs.reduce((sum, cost) => sum + picos(cost ?? 0), 0n))
})

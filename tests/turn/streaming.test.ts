import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seqsOf, textOf } from '../support/chat-client.ts'
import { startApp } from '../support/start-app.ts'

test('[T12] deltas are passed on verbatim: "1", "0", "0", "0" gives 1000', async (t) => {
  const app = await startApp(t)
  app.provider.script('sim-s1', ['1', '0', '0', '0'])
  const client = await app.signIn('ada@acme').connect()

  const events = await client.say('A thousand?', { model: 'openai/sim-s1' })

  assert.equal(textOf(events), '1000')
})

test('[T12] a character that comes in two halves is whole wherever it is seen', async (t) => {
  const app = await startApp(t)
  const halves = ['a', '\ud83d', '\ude42', 'b']
  app.provider.script('sim-g30-s2', halves)
  const ada = app.signIn('ada@acme')
  const client = await ada.connect()

  const { turn_id, conversation_id } = await client.ask('Smile', { model: 'openai/sim-g30-s2' })
  const events = await client.answer(turn_id)

  assert.equal(textOf(events), 'a🙂b')
  for (const event of events) if (event.type === 'chat.delta') assert.ok(event.payload.delta.isWellFormed())
  const { body } = await ada.call('GET', `/api/v1/chat/conversations/${conversation_id}/messages`)
  assert.equal(body.data[1].content, 'a🙂b')
})

test('[T13] rows are numbered from 1 without gaps, and the terminal event is the last', async (t) => {
  const app = await startApp(t)
  const client = await app.signIn('ada@acme').connect()

  const events = await client.say('Hello', { model: 'openai/sim-t100-g2' })

  assert.deepEqual(seqsOf(events), events.map((_, i) => i + 1))
  assert.ok(events.length > 10, `100 tokens over 200 ms came in ${events.length} rows`)
  assert.deepEqual(events.map((event) => event.type === 'chat.delta'), events.map((_, i) => i < events.length - 1))
  assert.equal(textOf(events), app.provider.expectedText('sim-t100-g2'))
})

test('[T11] what fails before its first delta gives way to the next model, and both are on the receipt', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const client = await ada.connect()

  const events = await client.say('Hello', { model: 'openai/sim-t5-e500' })

  assert.equal(events.at(-1)!.payload.seq, events.length)
  assert.equal(events.at(-1)!.type, 'chat.done')
  const { body } = await ada.call('GET', `/api/v1/chat/turns/${events[0]!.payload.turn_id}/receipt`)
  assert.deepEqual(body.attempts.map((attempt: { model: string; state: string; error: string | null }) => [attempt.model, attempt.state, attempt.error]), [
    ['sim-t5-e500', 'failed', 'provider_overloaded'],
    ['gpt-4o-mini', 'completed', null],
  ])
})

test('[T11] what is cut after its first delta is not tried again', async (t) => {
  const app = await startApp(t)
  const client = await app.signIn('ada@acme').connect()

  const events = await client.say('Hello', { model: 'openai/sim-t10-cut3' })

  assert.equal(app.provider.calls.length, 1)
  assert.equal(textOf(events), 't000001 t000002 t000003')
  assert.equal(events.at(-1)!.payload.seq, events.length)
})

test('[T16] a stream that ends without its terminator is interrupted', async (t) => {
  const app = await startApp(t)
  const client = await app.signIn('ada@acme').connect()

  const events = await client.say('Hello', { model: 'openai/sim-t5-nodone' })

  const last = events.at(-1)!
  assert.equal(last.type === 'chat.failed' && last.payload.outcome, 'interrupted')
  assert.equal(last.type === 'chat.failed' && last.payload.code, 'provider_cut')
})

test('[T18] without streaming the whole answer is one delta', async (t) => {
  const app = await startApp(t, { environment: { ENABLE_STREAMING: 'false' } })
  const client = await app.signIn('ada@acme').connect()

  const events = await client.say('Hello', { model: 'openai/sim-t50-g2' })

  assert.deepEqual(events.map((event) => event.type), ['chat.delta', 'chat.done'])
  assert.equal(textOf(events), app.provider.expectedText('sim-t50-g2'))
})

test('[T17] an answer that does not end is ended, and what came stays', async (t) => {
  const app = await startApp(t)
  const client = await app.signIn('ada@acme').connect()
  const { turn_id } = await client.ask('Go on', { model: 'openai/sim-endless' })

  const events = await client.answer(turn_id, 30_000)

  const last = events.at(-1)!
  assert.equal(last.type === 'chat.failed' && last.payload.code, 'answer_too_large')
  assert.ok(textOf(events).length > 900_000)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { terminalOf, textOf } from '../support/chat-client.ts'
import { startApp } from '../support/start-app.ts'

test('[T21] a completed turn has a receipt with its attempt, its tokens and its times, and no text', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const client = await ada.connect()
  const events = await client.say('A secret word: heliotrope', { model: 'openai/sim-t12' })

  const { body } = await ada.call('GET', `/api/v1/chat/turns/${events[0]!.payload.turn_id}/receipt`)

  assert.equal(body.outcome, 'completed')
  assert.deepEqual(body.usage, { input: 25, cached_input: 0, output: 12, reasoning: 0, estimated: false })
  assert.equal(body.cost, null)
  assert.equal(body.confidence, null)
  assert.equal(body.attempts.length, 1)
  assert.ok(body.timings.total_ms >= body.timings.first_delta_ms)
  assert.doesNotMatch(JSON.stringify(body), /heliotrope|t000001/)
})

test('[T22] stop works from another connection within a second, keeps the text, and closes the provider', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const [watching, stopping] = [await ada.connect(), await ada.connect()]
  const { turn_id } = await watching.ask('Go on', { model: 'openai/sim-t5000-g5' })
  await watching.next('chat.delta', (delta) => delta.seq >= 3)
  const call = await app.provider.nextCall()

  const asked = performance.now()
  stopping.send('chat.stop', { turn_id })
  const events = await watching.answer(turn_id)
  await call.closed

  assert.ok(performance.now() - asked < 1000)
  const last = terminalOf(events)
  assert.equal(last.payload.outcome, 'stopped')
  assert.equal(last.type === 'chat.done' && last.payload.content, textOf(events))
  assert.equal(call.aborted, true)
  assert.equal(last.payload.usage?.estimated, true)
})

test('[T23] closing the only socket ends nothing', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const client = await ada.connect()
  const { turn_id } = await client.ask('Go on', { model: 'openai/sim-t50-g5' })
  await client.next('chat.delta')

  client.socket.terminate()
  await (await app.provider.nextCall()).closed

  const later = await ada.connect()
  later.send('chat.resume', { turn_id, after: 0 })
  const events = await later.answer(turn_id)
  assert.equal(events.at(-1)!.type, 'chat.done')
  assert.equal(textOf(events), app.provider.expectedText('sim-t50-g5'))
})

for (const [name, environment, model, code] of [
  ['no first delta', { PARLEY_FIRST_DELTA_SECONDS: '0.4' }, 'sim-t5-stall0', 'first_delta_timeout'],
  ['silence between deltas', { PARLEY_IDLE_SECONDS: '0.4' }, 'sim-t5-stall3', 'idle_timeout'],
  ['a turn that takes too long', { PARLEY_TURN_SECONDS: '0.6' }, 'sim-t5000-g5', 'turn_timeout'],
] as const) {
  test(`[T15] ${name} ends the turn in time and frees the provider`, async (t) => {
    const app = await startApp(t, { environment })
    // Whoever would answer instead is as slow.
    app.provider.answerAs('gpt-4o-mini', model)
    const client = await app.signIn('ada@acme').connect()
    const asked = performance.now()

    const events = await client.say('Hello', { model: `openai/${model}` })

    const last = terminalOf(events)
    assert.equal(last.type === 'chat.failed' && last.payload.code, code)
    assert.equal(last.payload.outcome, code === 'first_delta_timeout' ? 'failed' : 'interrupted')
    assert.ok(performance.now() - asked < 2000)
    const call = await app.provider.nextCall()
    await call.closed
    assert.equal(call.aborted, true)
  })
}

test('[T31] a drain refuses new questions, says so, and lets the running answer finish', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const client = await ada.connect()
  const { turn_id } = await client.ask('Go on', { model: 'openai/sim-t60-g10' })
  await client.next('chat.delta')

  const drained = app.app.drain(5000)
  await client.next('moving')
  client.send('chat.send', { content: 'One more' })

  assert.equal((await client.next('error')).payload.code, 'draining')
  const events = await client.answer(turn_id)
  assert.equal(events.at(-1)!.type, 'chat.done')
  assert.equal(await client.closed(), 1001)
  await drained
})

test('[T31] a drain ends what does not finish in time, with the text that came', async (t) => {
  const app = await startApp(t)
  const client = await app.signIn('ada@acme').connect()
  const { turn_id } = await client.ask('Go on', { model: 'openai/sim-t5000-g10' })
  await client.next('chat.delta')

  await app.app.drain(200)

  const events = await client.answer(turn_id)
  const last = terminalOf(events)
  assert.deepEqual(last.type === 'chat.failed' && [last.payload.outcome, last.payload.code], ['interrupted', 'server_stopped'])
})

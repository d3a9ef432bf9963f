import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seqsOf, textOf } from '../support/chat-client.ts'
import { startApp } from '../support/start-app.ts'

test('[T25] a cursor is answered with exactly the events after it, while the turn runs and after it', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const client = await ada.connect()
  const { turn_id, epoch } = await client.ask('Go on', { model: 'openai/sim-t100-g5' })
  await client.next('chat.delta', (delta) => delta.seq >= 5)
  const second = await ada.connect()

  second.send('chat.resume', { turn_id, epoch, after: 3 })
  const resumed = await second.next('chat.resumed')
  const live = await second.answer(turn_id)

  assert.equal(resumed.payload.recovered, true)
  assert.equal(seqsOf(live)[0], 4)
  assert.deepEqual(live, (await client.answer(turn_id)).slice(3))
  const third = await ada.connect()
  third.send('chat.resume', { turn_id, epoch, after: 3 })
  assert.deepEqual(await third.answer(turn_id), live)
})

for (const [name, cursor] of [
  ['another epoch', { epoch: 'another', after: 2 }],
  ['the future', { after: 100_000 }],
] as const) {
  test(`[T26] a cursor from ${name} is answered with the whole message, and then what follows`, async (t) => {
    const app = await startApp(t)
    const ada = app.signIn('ada@acme')
    const client = await ada.connect()
    const { turn_id } = await client.ask('Go on', { model: 'openai/sim-t100-g5' })
    await client.next('chat.delta', (delta) => delta.seq >= 5)
    const second = await ada.connect()

    second.send('chat.resume', { turn_id, ...cursor })
    const { payload } = await second.next('chat.resumed')
    const events = await second.answer(turn_id)

    assert.equal(payload.recovered, false)
    assert.equal(events[0]!.payload.seq, payload.last + 1)
    assert.equal(payload.message!.content + textOf(events), app.provider.expectedText('sim-t100-g5'))
  })
}

test('[T28] the log is the same after a restart', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const client = await ada.connect()
  const { turn_id } = await client.ask('Go on', { model: 'openai/sim-t40-g3' })
  const before = await client.answer(turn_id)

  await app.restart()

  const after = await ada.connect()
  after.send('chat.resume', { turn_id, after: 0 })
  assert.deepEqual(await after.answer(turn_id), before)
})

test('a subscribed tab sees a turn that another tab started, from its first row, once', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const [one, two] = [await ada.connect(), await ada.connect()]
  const first = await one.ask('Hello', { model: 'openai/sim-t3' })
  await one.answer(first.turn_id)
  for (const tab of [one, two]) {
    tab.send('subscribe', { conversation_id: first.conversation_id })
    await tab.next('subscribed')
  }

  const second = await one.ask('And now', { conversation_id: first.conversation_id, model: 'openai/sim-t30-g3' })
  const [mine, theirs] = await Promise.all([one.answer(second.turn_id), two.answer(second.turn_id)])

  assert.deepEqual(mine, theirs)
  assert.deepEqual(seqsOf(mine), mine.map((_, i) => i + 1))
  assert.equal(one.frames.filter((frame) => frame.type === 'chat.accepted' && frame.payload.turn_id === second.turn_id).length, 1)
})

test('a list subscriber hears of conversations that are created, run and settle', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const [one, two] = [await ada.connect(), await ada.connect()]
  two.send('subscribe', {})
  await two.next('subscribed')

  const { conversation_id } = await one.ask('Hello', { model: 'openai/sim-t3' })

  const created = await two.next('conversation', (payload) => payload.change === 'created')
  assert.equal(created.payload.conversation_id, conversation_id)
  const settled = await two.next('conversation', (payload) => payload.change === 'settled')
  assert.equal(settled.payload.conversation?.running_turn_id, null)
})

test('[T32] what is someone else\'s cannot be resumed, stopped, subscribed to or asked in', async (t) => {
  const app = await startApp(t)
  const ada = await app.signIn('ada@acme').connect()
  const { turn_id, conversation_id } = await ada.ask('Mine', { model: 'openai/sim-t5000-g5' })
  for (const name of ['bob@acme', 'ada@other']) {
    const thief = await app.signIn(name).connect()
    for (const [type, data] of [
      ['chat.resume', { turn_id, after: 0 }], ['chat.stop', { turn_id }], ['subscribe', { conversation_id }], ['chat.send', { content: 'x', conversation_id }],
    ] as const) {
      thief.send(type, data)
      assert.equal((await thief.next('error')).payload.code, 'not_found')
    }
    assert.equal(thief.frames.some((frame) => JSON.stringify(frame).includes('t0000')), false)
  }
  assert.equal(ada.events(turn_id).some((event) => event.type !== 'chat.delta'), false)
  ada.send('chat.stop', { turn_id })
  await ada.answer(turn_id)
})

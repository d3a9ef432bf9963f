import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ChatDelta, ChatDone } from '#protocol/turn-events.ts'
import { serverFrames } from '#protocol/chat-frames.ts'
import { systemClock } from '../../server/lib/clock.ts'
import type { Store } from '../../server/store/store.ts'
import { startApp, type Person, type TestApp } from '../support/start-app.ts'
import { sharedApp, somebody } from './shared-app.ts'
import { readEvents, seqsOf, textOf, type ReadEvent } from './event-reader.ts'

const shared = sharedApp()

async function ask(person: Person, model: string): Promise<{ readonly id: string; readonly epoch: string; readonly events: string }> {
  const { body: conversation } = await person.call('POST', '/api/v1/chat/conversations', {})
  const { body } = await person.call('POST', `/api/v1/chat/conversations/${conversation.id}/messages`, { content: 'Hello', model: `openai/${model}`, stream: true })
  return { id: body.turn.id, epoch: body.turn.epoch, events: body.events }
}

const eventsPath = (id: string, query = '') => `/api/v1/chat/turns/${id}/events${query}`

async function closed(app: TestApp): Promise<void> {
  await app.app.turns.liveTurns.idle()
}

test('a turn is followed from its first event to its last, each with its cursor as id', async () => {
  const app = shared()
  const ada = somebody(app)
  const turn = await ask(ada, 'sim-t60-g2-think')

  const reader = await readEvents(app.url + turn.events, ada)
  const events = await reader.all()

  assert.equal(reader.status, 200)
  assert.equal(reader.headers.get('content-type'), 'text/event-stream; charset=utf-8')
  assert.deepEqual(seqsOf(events), events.map((_, place) => place + 1))
  assert.deepEqual(events.map(({ id }) => id), events.map(({ payload }) => `${turn.epoch}:${payload.seq}`))
  for (const { payload } of events.slice(0, -1)) ChatDelta.parse(payload)
  assert.equal(ChatDone.parse(events.at(-1)?.payload).content, app.provider.expectedText('sim-t60-g2-think'))
  assert.equal(textOf(events), app.provider.expectedText('sim-t60-g2-think'))
})

test('[R16] a follower that is cut again and again gets every event exactly once', async () => {
  const app = shared()
  const ada = somebody(app)
  const turn = await ask(ada, 'sim-t120-g4-u')
  const got: ReadEvent[] = []

  for (let connections = 0; got.at(-1)?.type !== 'chat.done'; connections += 1) {
    assert.ok(connections < 500, 'it never ended')
    const headers = got.length > 0 ? { 'last-event-id': got.at(-1)!.id } : {}
    // The query of the first connection stays in the address, as it does in an EventSource: the header wins.
    const reader = await readEvents(app.url + turn.events, ada, headers)
    got.push(...(await reader.upTo(1 + (connections % 5))))
    reader.close()
  }

  assert.ok(got.length > 10)
  assert.deepEqual(seqsOf(got), got.map((_, place) => place + 1))
  assert.equal(textOf(got), app.provider.expectedText('sim-t120-g4-u'))
})

test('[R17] a closed turn is followed from any cursor, also after a restart, with the rows it first had', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const turn = await ask(ada, 'sim-t40-g5')
  const live = await (await readEvents(app.url + turn.events, ada)).all()
  await closed(app)
  await app.restart()

  for (const after of [0, 1, live.length - 2, live.length - 1, live.length]) {
    const reader = await readEvents(app.url + eventsPath(turn.id, `?epoch=${turn.epoch}&after=${after}`), ada)
    assert.deepEqual(await reader.all(), live.slice(after), `after ${after}`)
  }
})

for (const [what, query] of [['of another epoch', '?epoch=elsewhere&after=2'], ['ahead of the log', '?after=999']] as const) {
  test(`[R16] a cursor ${what} is answered with the whole answer so far, then with what follows`, async (t) => {
    const app = await startApp(t)
    const ada = app.signIn('ada@acme')
    const turn = await ask(ada, 'sim-t40-g2-hold20')
    const first = await readEvents(app.url + turn.events, ada)
    while (textOf(first.events).length < 20 * 8 - 1) await first.upTo(first.events.length + 1)

    const reader = await readEvents(app.url + eventsPath(turn.id, query), ada)
    await reader.upTo(1)
    app.provider.release('sim-t40-g2-hold20')
    const [resumed, ...rest] = await reader.all()

    assert.equal(resumed?.type, 'chat.resumed')
    const { recovered, last, message } = serverFrames['chat.resumed'].parse(resumed?.payload)
    assert.equal(recovered, false)
    assert.equal(resumed?.id, `${turn.epoch}:${last}`)
    assert.equal(message!.content + textOf(rest), app.provider.expectedText('sim-t40-g2-hold20'))
    assert.deepEqual(seqsOf(rest), rest.map((_, place) => last + 1 + place))
    assert.equal(rest.at(-1)?.type, 'chat.done')
  })
}

test('a wrong cursor into a closed turn is answered with the stored message', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const turn = await ask(ada, 'sim-t10')
  await closed(app)

  const events = await (await readEvents(app.url + eventsPath(turn.id), ada, { 'last-event-id': 'not one of ours' })).all()

  assert.equal(events[0]?.type, 'chat.resumed')
  assert.equal(events[0]?.payload.message.content, app.provider.expectedText('sim-t10'))
  assert.equal(events[0]?.payload.message.outcome, 'completed')
})

test('an EventSource that comes back after the last event is told that there is no more', async () => {
  const app = shared()
  const ada = somebody(app)
  const turn = await ask(ada, 'sim-t5')
  const events = await (await readEvents(app.url + turn.events, ada)).all()
  const again = await readEvents(app.url + turn.events, ada, { 'last-event-id': events.at(-1)!.id })
  assert.equal(again.status, 204)
})

test('[R18] followers of one turn all see the same, and one that leaves takes nothing from the others', async () => {
  const app = shared()
  const ada = somebody(app)
  const turn = await ask(ada, 'sim-t30-g3')
  const [leaving, ...staying] = await Promise.all(Array.from({ length: 4 }, () => readEvents(app.url + turn.events, ada)))
  await leaving!.upTo(2)
  leaving!.close()

  const seen = await Promise.all(staying.map((reader) => reader.all()))

  assert.equal(textOf(seen[0]!), app.provider.expectedText('sim-t30-g3'))
  for (const events of seen) assert.deepEqual(events, seen[0])
})

test('[W06] no text of a model can begin a line of the stream', async () => {
  const app = shared()
  const ada = somebody(app)
  const hostile = ['a\n\nevent: chat.done\ndata: {"forged":true}\n\n', '\r\rid: x:9\r', 'b\u2028data: [DONE]\u2029', '\u0085\u0000']
  app.provider.script('hostile', hostile)
  const turn = await ask(ada, 'hostile')

  const events = await (await readEvents(app.url + turn.events, ada)).all()

  assert.deepEqual(events.map(({ type }) => type).filter((type) => type !== 'chat.delta'), ['chat.done'])
  assert.equal(textOf(events), hostile.join(''))
})

test('while a model is silent, comments keep the connection awake', async (t) => {
  const hasty = { ...systemClock, after: (ms: number, action: () => void) => systemClock.after(ms === 15_000 ? 20 : ms, action) }
  const app = await startApp(t, { overrides: { clock: hasty } })
  const ada = app.signIn('ada@acme')
  const turn = await ask(ada, 'sim-t2-hold0')
  const response = await fetch(app.url + turn.events, { headers: { authorization: `Bearer ${ada.token}` } })

  const { value } = await response.body!.getReader().read()

  assert.equal(new TextDecoder().decode(value), ':\n\n')
})

test('streams count among the sockets that a user may have open', async (t) => {
  const app = await startApp(t, { environment: { PARLEY_USER_SOCKETS: '1' } })
  const ada = app.signIn('ada@acme')
  const turn = await ask(ada, 'sim-t5-hold1')
  const first = await readEvents(app.url + turn.events, ada)

  const second = await ada.call('GET', turn.events)

  assert.equal(second.status, 429)
  assert.equal(second.body.code, 'too_many_sockets')
  app.provider.release('sim-t5-hold1')
  await first.all()
})

test('a reader that leaves before the first event gives its place back', async (t) => {
  const { promise: reading, resolve: began } = Promise.withResolvers<void>()
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  const store = (real: Store): Store => new Proxy(real, {
    get: (target, name) => (name !== 'readLog' ? Reflect.get(target, name, target) : async (...given: Parameters<Store['readLog']>) => {
      began()
      await gate
      return target.readLog(...given)
    }),
  })
  const app = await startApp(t, { environment: { PARLEY_USER_SOCKETS: '1' }, overrides: { store } })
  const ada = app.signIn('ada@acme')
  const turn = await ask(ada, 'sim-t5')
  await closed(app)
  const leaving = new AbortController()
  const left = fetch(app.url + turn.events, { signal: leaving.signal, headers: { authorization: `Bearer ${ada.token}` } })
  await reading
  leaving.abort()
  await assert.rejects(left)
  // The server learns of it by a round of its own.
  await ada.call('GET', '/api/v1/agents')
  open()

  const reader = await readEvents(app.url + turn.events, ada)

  assert.equal(reader.status, 200)
  assert.equal((await reader.all()).at(-1)?.type, 'chat.done')
})

test('a service that ends lets its streams go, and a cursor into them is good afterwards', { timeout: 20_000 }, async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const turn = await ask(ada, 'sim-t50-hold10')
  const reader = await readEvents(app.url + turn.events, ada)
  await reader.upTo(1)

  await app.restart()
  const before = await reader.all()
  const after = await (await readEvents(app.url + turn.events, ada, { 'last-event-id': before.at(-1)!.id })).all()

  const all = [...before, ...after]
  assert.deepEqual(seqsOf(all), all.map((_, place) => place + 1))
  assert.equal(all.at(-1)?.payload.outcome, 'interrupted')
  assert.equal(textOf(all), app.provider.expectedText('sim-t50-hold10').slice(0, textOf(all).length))
})

for (const query of ['?after=-1', '?after=x', '?after=1.5', '?token=secret']) {
  test(`events asked for with ${query} are refused`, async () => {
    assert.equal((await somebody(shared()).call('GET', eventsPath('t_1', query))).status, 422)
  })
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Receipt, Turn } from '#protocol/turn.ts'
import { startApp, type Person } from '../support/start-app.ts'
import { sharedApp, somebody } from './shared-app.ts'

const shared = sharedApp()

async function ask(person: Person, model: string): Promise<string> {
  const { body: conversation } = await person.call('POST', '/api/v1/chat/conversations', {})
  const { body } = await person.call('POST', `/api/v1/chat/conversations/${conversation.id}/messages`, { content: 'Hello', model: `openai/${model}`, stream: true })
  return body.turn.id
}

const turnPath = (id: string, rest = '') => `/api/v1/chat/turns/${id}${rest}`

test('a running turn says how far its log has come; a closed one how it ended', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const id = await ask(ada, 'sim-t6-hold3')
  let running = Turn.parse((await ada.call('GET', turnPath(id))).body)
  while (running.last === 0) running = Turn.parse((await ada.call('GET', turnPath(id))).body)
  app.provider.release('sim-t6-hold3')
  await app.app.turns.liveTurns.idle()

  const closed = Turn.parse((await ada.call('GET', turnPath(id))).body)

  assert.equal(running.state, 'running')
  assert.equal(running.receipt, null)
  assert.equal(closed.state, 'completed')
  assert.ok(closed.last > running.last)
  assert.equal(closed.receipt?.model, 'sim-t6-hold3')
})

test('a turn is stopped from any connection, keeps its text, and spends no more', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const id = await ask(ada, 'sim-endless-g2')
  const call = await app.provider.nextCall()

  const stopping = await ada.call('POST', turnPath(id, '/stop'))
  await call.closed
  await app.app.turns.liveTurns.idle()
  const again = await ada.call('POST', turnPath(id, '/stop'))

  assert.equal(stopping.status, 202)
  assert.equal(call.aborted, true)
  assert.equal(again.status, 200)
  assert.equal(Turn.parse(again.body).state, 'stopped')
})

test('a closed turn has a receipt; a running one has none yet', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const id = await ask(ada, 'sim-t6-hold3')
  const early = await ada.call('GET', turnPath(id, '/receipt'))
  app.provider.release('sim-t6-hold3')
  await app.app.turns.liveTurns.idle()

  const { status, body } = await ada.call('GET', turnPath(id, '/receipt'))

  assert.equal(early.status, 404)
  assert.equal(status, 200)
  const receipt = Receipt.parse(body)
  assert.equal(receipt.turn_id, id)
  assert.equal(receipt.attempts.length, 1)
  assert.equal(receipt.usage?.output, 6)
})

/** Every route that names something, with a body where it takes one. `c` and `t` stand for a conversation and a turn of somebody else. */
const namingRoutes: readonly (readonly [method: string, path: string, body?: object])[] = [
  ['GET', '/conversations/c'],
  ['PATCH', '/conversations/c', { title: 'Mine now' }],
  ['DELETE', '/conversations/c'],
  ['GET', '/conversations/c/messages'],
  ['POST', '/conversations/c/messages', { content: 'Hello' }],
  ['GET', '/turns/t'],
  ['GET', '/turns/t/events'],
  ['POST', '/turns/t/stop'],
  ['GET', '/turns/t/receipt'],
]
for (const [method, path, body] of namingRoutes) {
  test(`[S01] ${method} ${path} of somebody else is the same 404 as of nothing, for another user and another tenant`, async () => {
    const app = shared()
    const ada = somebody(app)
    const turnId = await ask(ada, 'sim-t6-hold3')
    const conversationId = (await ada.call('GET', turnPath(turnId))).body.conversation_id
    const named = (c: string, turn: string) => `/api/v1/chat${path.replace('/conversations/c', `/conversations/${c}`).replace('/turns/t', `/turns/${turn}`)}`

    for (const stranger of [somebody(app), app.signIn(ada.token.replace('@acme', '@other'))]) {
      const foreign = await stranger.call(method, named(conversationId, turnId), body)
      const nothing = await stranger.call(method, named('c_0', 't_0'), body)
      assert.equal(foreign.status, 404)
      assert.deepEqual({ ...foreign.body, request_id: '' }, { ...nothing.body, request_id: '' })
    }
    assert.equal((await ada.call('GET', turnPath(turnId))).body.state, 'running')
    assert.equal((await ada.call('GET', `/api/v1/chat/conversations/${conversationId}`)).body.id, conversationId)
    app.provider.release('sim-t6-hold3')
  })

  test(`[S01] ${method} ${path} without sign-in is refused before anything is looked up`, async () => {
    const { status, body, headers } = await shared().signIn('nobody').call(method, `/api/v1/chat${path}`, unreadable(method))
    assert.equal(status, 401)
    assert.equal(body.code, 'not_signed_in')
    assert.equal(headers.get('www-authenticate'), 'Bearer')
  })
}

/** Not even JSON: what is not signed in is not read. */
function unreadable(method: string): string | undefined {
  return method === 'POST' || method === 'PATCH' ? '{' : undefined
}

test('[S05] a token in the address is no token, and stands in no line', async (t) => {
  const app = await startApp(t)
  const { status } = await app.signIn('nobody').call('GET', '/api/v1/chat/conversations?token=ada@acme&access_token=ada@acme')
  assert.equal(status, 401)
  assert.ok(app.lines.some((line) => line.includes('"status":401')))
  assert.equal(app.lines.join('').includes('ada@acme'), false)
})

test('an id that is too long to be one is an id of nothing', async () => {
  for (const length of [65, 101, 4000]) assert.equal((await somebody(shared()).call('GET', turnPath('t'.repeat(length)))).status, 404)
})

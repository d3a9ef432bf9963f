import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AnsweredMessage, SentMessage } from '#protocol/message.ts'
import { startApp, type Person } from '../support/start-app.ts'
import { readEvents } from './event-reader.ts'
import { sharedApp, somebody } from './shared-app.ts'

const path = '/api/v1/chat/conversations'
const shared = sharedApp()

async function conversationOf(person: Person): Promise<string> {
  return (await person.call('POST', path, {})).body.id
}

test('without stream the answer comes when the turn is closed', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const id = await conversationOf(ada)

  const { status, body } = await ada.call('POST', `${path}/${id}/messages`, { content: 'Hello', model: 'openai/sim-t30' })

  assert.equal(status, 200)
  const { turn, message } = AnsweredMessage.parse(body)
  assert.equal(turn.state, 'completed')
  assert.equal(message.content, app.provider.expectedText('sim-t30'))
  assert.equal(message.receipt?.model, 'sim-t30')
  assert.equal(message.turn_id, turn.id)
})

test('with stream the turn is answered at once, with where to follow and stop it', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const id = await conversationOf(ada)

  const { status, body } = await ada.call('POST', `${path}/${id}/messages`, { content: 'Hello', model: 'openai/sim-t3-hold1', stream: true })

  assert.equal(status, 202)
  const sent = SentMessage.parse(body)
  assert.equal(sent.turn.state, 'running')
  assert.equal(sent.message_id, sent.turn.message_id)
  const reader = await readEvents(app.url + sent.events, ada)
  app.provider.release('sim-t3-hold1')
  assert.equal((await reader.all()).at(-1)?.type, 'chat.done')
  assert.equal((await ada.call('POST', sent.stop)).status, 200)
})

test('a turn that fails is answered as it ended, not as an error of the request', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const id = await conversationOf(ada)

  const { status, body } = await ada.call('POST', `${path}/${id}/messages`, { content: 'Hello', model: 'openai/sim-t10-cut4' })

  assert.equal(status, 200)
  assert.equal(body.turn.state, 'interrupted')
  assert.equal(body.turn.failure.code, 'provider_cut')
  assert.equal(body.message.content, app.provider.expectedText('sim-t10-cut4'))
})

test('a turn whose provider refuses is answered as failed, with its reason', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const id = await conversationOf(ada)

  // The next candidates of the route are asked after it, and answer.
  const fellBack = await ada.call('POST', `${path}/${id}/messages`, { content: 'Hello', model: 'openai/sim-e401' })
  app.provider.script('gpt-4o-mini', new TextEncoder().encode('data: {"choices":[{"index":0,"del\n\n'))
  const failed = await ada.call('POST', `${path}/${id}/messages`, { content: 'Hello', model: 'openai/sim-e401' })

  assert.deepEqual([fellBack.status, fellBack.body.turn.state], [200, 'completed'])
  assert.deepEqual([failed.status, failed.body.turn.state, failed.body.turn.failure.code], [200, 'failed', 'provider_malformed'])
  assert.deepEqual(failed.body.message.parts, [])
})

test('[R22] a client that stops waiting does not cancel the turn', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const id = await conversationOf(ada)
  const leaving = new AbortController()
  const waiting = fetch(`${app.url}${path}/${id}/messages`, {
    method: 'POST', signal: leaving.signal, headers: { authorization: `Bearer ${ada.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ content: 'Hello', model: 'openai/sim-t20-hold5' }),
  })
  await app.provider.nextCall()

  leaving.abort()
  await assert.rejects(waiting)
  app.provider.release('sim-t20-hold5')
  await app.app.turns.liveTurns.idle()

  const { data } = (await ada.call('GET', `${path}/${id}/messages`)).body
  assert.equal(data[1].outcome, 'completed')
  assert.equal(data[1].content, app.provider.expectedText('sim-t20-hold5'))
})

test('the messages of a conversation come oldest first, each answer under its question', async () => {
  const ada = somebody(shared())
  const id = await conversationOf(ada)
  for (const content of ['one', 'two']) await ada.call('POST', `${path}/${id}/messages`, { content, model: 'openai/sim-t2' })

  const { body } = await ada.call('GET', `${path}/${id}/messages`)

  assert.deepEqual(body.data.map((message: any) => message.role), ['user', 'assistant', 'user', 'assistant'])
  assert.deepEqual(body.data.map((message: any) => message.parent_id), [null, ...body.data.slice(0, 3).map((message: any) => message.id)])
  assert.equal(body.pagination.total_items, 4)
  const page = await ada.call('GET', `${path}/${id}/messages?per_page=3&page=2`)
  assert.deepEqual(page.body.data, body.data.slice(3))
})

test('parts of text are asked as one question', async () => {
  const ada = somebody(shared())
  const id = await conversationOf(ada)
  const content = [{ type: 'text', text: 'Look at this.' }, { type: 'text', text: 'And at that.' }]

  await ada.call('POST', `${path}/${id}/messages`, { content, model: 'openai/sim-t2' })

  assert.equal((await ada.call('GET', `${path}/${id}/messages`)).body.data[0].content, 'Look at this.\n\nAnd at that.')
})

test('[R19] the same client message id makes one turn, however often and in parallel it is sent', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const id = await conversationOf(ada)
  const question = { content: 'Once', model: 'openai/sim-t5', client_message_id: 'mine-1' }

  const answers = await Promise.all(Array.from({ length: 20 }, () => ada.call('POST', `${path}/${id}/messages`, question)))

  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
  assert.equal(new Set(answers.map(({ body }) => body.turn.id)).size, 1)
  assert.equal(app.provider.calls.length, 1)
  assert.equal((await ada.call('GET', `${path}/${id}/messages`)).body.pagination.total_items, 2)
})

test('a client message id that was used for something else is a conflict that names its turn', async () => {
  const ada = somebody(shared())
  const id = await conversationOf(ada)
  const first = await ada.call('POST', `${path}/${id}/messages`, { content: 'One', model: 'openai/sim-t2', client_message_id: 'mine' })

  const { status, body } = await ada.call('POST', `${path}/${id}/messages`, { content: 'Two', model: 'openai/sim-t2', client_message_id: 'mine' })

  assert.equal(status, 409)
  assert.equal(body.code, 'client_message_id_reused')
  assert.equal(body.turn_id, first.body.turn.id)
  assert.deepEqual([body.success, body.error, body.message], [false, 'client_message_id_reused', body.detail])
})

test('a second question while a turn runs is a conflict that names the running turn', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const id = await conversationOf(ada)
  const running = await ada.call('POST', `${path}/${id}/messages`, { content: 'One', model: 'openai/sim-t5-hold1', stream: true })

  const { status, body } = await ada.call('POST', `${path}/${id}/messages`, { content: 'Two' })

  assert.equal(status, 409)
  assert.equal(body.code, 'turn_running')
  assert.equal(body.turn_id, running.body.turn.id)
  app.provider.release('sim-t5-hold1')
})

test('more turns at once than a user may have are refused with when to come back', async (t) => {
  const app = await startApp(t, { environment: { PARLEY_USER_TURNS: '2' } })
  const ada = app.signIn('ada@acme')
  const ask = async () => ada.call('POST', `${path}/${await conversationOf(ada)}/messages`, { content: 'Hello', model: 'openai/sim-t5-hold1', stream: true })
  for (const _ of [1, 2]) assert.equal((await ask()).status, 202)

  const { status, body, headers } = await ask()

  assert.equal(status, 429)
  assert.equal(body.code, 'too_many_turns')
  assert.equal(headers.get('retry-after'), String(body.retry_after))
  const bob = app.signIn('bob@acme')
  assert.equal((await bob.call('POST', `${path}/${await conversationOf(bob)}/messages`, { content: 'Hello', model: 'openai/sim-t2' })).status, 200)
})

test('more questions in a minute than a user may ask are refused with when to come back', async (t) => {
  const app = await startApp(t, { environment: { PARLEY_USER_SENDS: '2' } })
  const ada = app.signIn('ada@acme')
  const id = await conversationOf(ada)
  const ask = () => ada.call('POST', `${path}/${id}/messages`, { content: 'Hello', model: 'openai/sim-t2' })
  for (const _ of [1, 2]) assert.equal((await ask()).status, 200)

  const { status, body, headers } = await ask()

  assert.equal(status, 429)
  assert.equal(body.code, 'too_many_requests')
  assert.ok(Number(headers.get('retry-after')) >= 1 && Number(headers.get('retry-after')) <= 60)
})

test('more requests in a minute than a user may make are refused, whatever they are', async (t) => {
  const app = await startApp(t, { environment: { PARLEY_USER_REQUESTS: '3' } })
  const ada = app.signIn('ada@acme')
  for (const _ of [1, 2, 3]) assert.equal((await ada.call('GET', path)).status, 200)
  assert.equal((await ada.call('GET', '/api/v1/agents')).status, 429)
  assert.equal((await app.signIn('bob@acme').call('GET', path)).status, 200)
})

const refusals: readonly (readonly [what: string, body: object, field: string])[] = [
  ['an empty question', { content: '' }, 'content'],
  ['a question of spaces', { content: ' \n ' }, 'content'],
  ['a question that is too long', { content: 'x'.repeat(100_001) }, 'content'],
  ['half a character', { content: 'a\ud800' }, 'content'],
  ['no question', {}, 'content'],
  ['an agent that does not exist', { content: 'Hello', agent_id: 'Nobody' }, 'agent_id'],
  ['a temperature out of range', { content: 'Hello', temperature: 2.1 }, 'temperature'],
  ['an unknown field', { content: 'Hello', allowed_routes: ['*'] }, 'allowed_routes'],
  ['half a character as an id', { content: 'Hello', client_message_id: '\udc00' }, 'client_message_id'],
  ['half a character as a model', { content: 'Hello', model: '\udc00' }, 'model'],
]
for (const [what, question, field] of refusals) {
  test(`${what} is refused by the field's name and stores nothing`, async () => {
    const ada = somebody(shared())
    const id = await conversationOf(ada)

    const { status, body } = await ada.call('POST', `${path}/${id}/messages`, question)

    assert.equal(status, 422)
    assert.deepEqual(body.errors.map((error: any) => error.path), [field])
    assert.deepEqual((await ada.call('GET', `${path}/${id}/messages`)).body.data, [])
  })
}

test('a question of exactly the greatest length is taken and given back as it was', async (t) => {
  const app = await startApp(t, { withProvider: false })
  const ada = app.signIn('ada@acme')
  const id = await conversationOf(ada)
  const content = `é\u2028"\\\u0000${'🙂'.repeat(49_997)}`.slice(0, 100_000).toWellFormed()

  assert.equal((await ada.call('POST', `${path}/${id}/messages`, { content })).status, 200)

  assert.equal((await ada.call('GET', `${path}/${id}/messages?per_page=1`)).body.data[0].content, content)
})

test('while the service drains nothing new is begun, and what is there can be read', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const id = await conversationOf(ada)
  await ada.call('POST', `${path}/${id}/messages`, { content: 'Hold on', model: 'openai/sim-t5-hold1', stream: true })
  const drained = app.app.drain(5000)

  const sent = await ada.call('POST', `${path}/${id}/messages`, { content: 'Too late' })
  const begun = await ada.call('POST', path, {})
  const read = await ada.call('GET', `${path}/${id}`)

  assert.deepEqual([sent.status, sent.body.code, sent.headers.get('retry-after')], [503, 'draining', '1'])
  assert.deepEqual([begun.status, begun.body.code, begun.headers.get('retry-after')], [503, 'draining', '1'])
  assert.equal(read.status, 200)
  app.provider.release('sim-t5-hold1')
  await drained
})

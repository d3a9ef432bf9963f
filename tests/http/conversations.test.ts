import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startApp, type Person } from '../support/start-app.ts'
import { ShiftedClock } from '../support/cluster/shifted-clock.ts'
import { sharedApp, somebody } from './shared-app.ts'

const path = '/api/v1/chat/conversations'
const shared = sharedApp()

async function begin(person: Person, body: object = {}): Promise<any> {
  const { status, body: conversation } = await person.call('POST', path, body)
  assert.equal(status, 201)
  return conversation
}

test('a conversation is begun with what was asked for, and found again', async () => {
  const ada = somebody(shared())

  const conversation = await begin(ada, { title: '  Lace  ', agent_id: 'neo', memory_mode: 'session' })

  assert.equal(conversation.title, 'Lace')
  assert.equal(conversation.agent_id, 'Neo')
  assert.equal(conversation.memory_mode, 'session')
  assert.deepEqual((await ada.call('GET', `${path}/${conversation.id}`)).body, conversation)
})

test('what is not said of a new conversation is the default', async () => {
  const { title, agent_id, memory_mode, archived, running_turn_id } = await begin(somebody(shared()))
  assert.deepEqual({ title, agent_id, memory_mode, archived, running_turn_id }, { title: null, agent_id: 'AnimA', memory_mode: 'persistent', archived: false, running_turn_id: null })
})

test('the list comes in pages, the last changed first, the archive apart', async () => {
  const ada = somebody(shared())
  for (const title of ['one', 'two', 'three']) await begin(ada, { title })
  const kept = await begin(ada, { title: 'kept' })
  await ada.call('PATCH', `${path}/${kept.id}`, { archived: true })

  const first = await ada.call('GET', `${path}?per_page=2`)
  const second = await ada.call('GET', `${path}?per_page=2&page=2`)
  const archived = await ada.call('GET', `${path}?archived=true`)

  assert.deepEqual(first.body.data.map((one: any) => one.title), ['three', 'two'])
  assert.deepEqual(second.body.data.map((one: any) => one.title), ['one'])
  assert.equal(first.body.success, true)
  assert.deepEqual(first.body.pagination, { page: 1, page_size: 2, total_items: 3, total_pages: 2, has_next: true, has_previous: false })
  assert.deepEqual(archived.body.data.map((one: any) => one.title), ['kept'])
})

test('a conversation is pinned and read by its user, and their other tabs hear of it', async () => {
  const ada = somebody(shared())
  const { id } = await begin(ada, { title: 'Garden' })
  await begin(ada, { title: 'newer' })
  const tab = await ada.connect()
  tab.send('subscribe', {})
  await tab.next('subscribed')

  const { status, body } = await ada.call('PATCH', `${path}/${id}`, { pinned: true })

  assert.deepEqual([status, body.pinned], [200, true])
  const { payload } = await tab.next('conversation', (heard) => heard.conversation_id === id)
  assert.deepEqual([payload.change, payload.conversation?.pinned], ['changed', true])
  assert.deepEqual((await ada.call('GET', path)).body.data.map((one: any) => one.title), ['Garden', 'newer'])
  await ada.call('POST', `${path}/${id}/messages`, { content: 'And the roses?', model: 'openai/sim-t1' })
  assert.equal((await ada.call('GET', `${path}/${id}`)).body.unread, true)
  assert.equal((await ada.call('PATCH', `${path}/${id}`, { unread: false })).body.unread, false)
})

for (const [query, wrong] of [['page=0', 'page'], ['per_page=101', 'per_page'], ['per_page=', 'per_page'], ['archived=yes', 'archived'], ['page=1&page=2', 'page']] as const) {
  test(`a list asked for with ?${query} is refused by name`, async () => {
    const { status, body } = await somebody(shared()).call('GET', `${path}?${query}`)
    assert.equal(status, 422)
    assert.equal(body.errors[0].path, wrong)
  })
}

test('a conversation is renamed, and its rev grows', async () => {
  const ada = somebody(shared())
  const { id, rev } = await begin(ada)

  const { status, body } = await ada.call('PATCH', `${path}/${id}`, { title: 'Engines' })

  assert.equal(status, 200)
  assert.equal(body.title, 'Engines')
  assert.ok(body.rev > rev)
})

for (const [what, change] of [['nothing', {}], ['an empty title', { title: '  ' }], ['a title that is too long', { title: 'x'.repeat(121) }], ['another owner', { owner_id: 'eve' }]] as const) {
  test(`a change to ${what} is refused and changes nothing`, async () => {
    const ada = somebody(shared())
    const conversation = await begin(ada, { title: 'Before' })

    const { status } = await ada.call('PATCH', `${path}/${conversation.id}`, change)

    assert.equal(status, 422)
    assert.deepEqual((await ada.call('GET', `${path}/${conversation.id}`)).body, conversation)
  })
}

test('a deleted conversation is gone from every route', async () => {
  const ada = somebody(shared())
  const { id } = await begin(ada)

  const deleted = await ada.call('DELETE', `${path}/${id}`)

  assert.equal(deleted.status, 204)
  assert.equal(deleted.body, null)
  assert.equal((await ada.call('GET', `${path}/${id}`)).status, 404)
  assert.equal((await ada.call('GET', `${path}/${id}/messages`)).status, 404)
  assert.equal((await ada.call('DELETE', `${path}/${id}`)).status, 404)
  assert.deepEqual((await ada.call('GET', path)).body.data, [])
})

test('[J8] a deleted conversation is brought back, with all that was said in it', async () => {
  const ada = somebody(shared())
  const { id } = await begin(ada, { title: 'Lace' })
  const sent = await ada.call('POST', `${path}/${id}/messages`, { content: 'What is lace?', model: 'openai/sim-t3' })
  assert.equal(sent.status, 200)
  const before = (await ada.call('GET', `${path}/${id}/messages`)).body.data
  await ada.call('DELETE', `${path}/${id}`)

  const restored = await ada.call('POST', `${path}/${id}/restore`)

  assert.equal(restored.status, 200)
  assert.equal(restored.body.title, 'Lace')
  assert.deepEqual((await ada.call('GET', `${path}/${id}`)).body, restored.body)
  assert.deepEqual((await ada.call('GET', `${path}/${id}/messages`)).body.data, before)
  assert.deepEqual((await ada.call('POST', `${path}/${id}/restore`)).body, restored.body)
})

test('[J8] [J9] after thirty days a deleted conversation does not come back, and is gone from the database', async (t) => {
  const clock = new ShiftedClock()
  const app = await startApp(t, { overrides: { clock } })
  const ada = app.signIn('ada@acme')
  const { id } = await begin(ada)
  const sent = await ada.call('POST', `${path}/${id}/messages`, { content: 'Forget this.', model: 'openai/sim-t3' })
  assert.equal(sent.status, 200)
  await ada.call('DELETE', `${path}/${id}`)

  clock.advance(30 * 86_400_000)
  const late = await ada.call('POST', `${path}/${id}/restore`)
  for (let i = 0; i < 200 && (await app.app.turns.store.readTimeline(sent.body.turn.id)) !== null; i++) await new Promise((resolve) => setTimeout(resolve, 20))

  assert.equal(late.status, 404)
  assert.equal(await app.app.turns.store.readTimeline(sent.body.turn.id), null)
  const metrics = async () => (await fetch(`${app.url}/metrics`)).text()
  const done = /^jobs_total\{kind="purge",outcome="done"\} 1$/m
  for (let i = 0; i < 200 && !done.test(await metrics()); i++) await new Promise((resolve) => setTimeout(resolve, 20))
  assert.match(await metrics(), done)
  assert.match(await metrics(), /^jobs_waiting\{kind="purge",state="dead"\} 0$/m)
})

test('deleting a conversation stops what runs in it', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const { id } = await begin(ada)
  await ada.call('POST', `${path}/${id}/messages`, { content: 'Go on for ever', model: 'openai/sim-endless-g5', stream: true })
  const call = await app.provider.nextCall()

  assert.equal((await ada.call('DELETE', `${path}/${id}`)).status, 204)

  await call.closed
  assert.equal(call.aborted, true)
  assert.equal(app.app.turns.liveTurns.size, 0)
})

test('an agent that does not exist begins no conversation', async () => {
  const { status, body } = await somebody(shared()).call('POST', path, { agent_id: 'Nobody' })
  assert.equal(status, 422)
  assert.equal(body.errors[0].path, 'agent_id')
})

test('[S22] fields that a client may not set are refused, each by name', async () => {
  const ada = somebody(shared())
  const body = { role: 'admin', owner_id: 'eve', tenant: 'other', is_admin: true, cost: 0, created_at: '2020-01-01T00:00:00.000Z', id: 'c_1', rev: 9 }

  const refused = await ada.call('POST', path, body)

  assert.equal(refused.status, 422)
  assert.deepEqual(refused.body.errors.map((error: any) => error.path), Object.keys(body))
  assert.deepEqual((await ada.call('GET', path)).body.data, [])
})

test('the older name of the routes leads to the same conversations', async () => {
  const ada = somebody(shared())
  const { id } = await begin(ada)
  assert.equal((await ada.call('GET', `/api/chat/conversations/${id}`)).body.id, id)
})

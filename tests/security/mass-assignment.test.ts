import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { clientFrames } from '#protocol/chat-frames.ts'
import { emergenceClientFrames } from '#protocol/emergence-frames.ts'
import { frameRows, routeRows } from './access-table.ts'
import { clientFrame, wirePath } from './frame-matrix.ts'
import { rowName } from './route-matrix.ts'
import { WireClient } from './wire-client.ts'
import { makeThing, sharedWorld } from './world.ts'

/** What only the server may say of anything. */
const forbidden: Readonly<Record<string, unknown>> = {
  id: 'c_1', role: 'admin', owner: 'eve', owner_id: 'eve', user_id: 'bob', tenant: 'globex', tenant_id: 'globex', actor: { tenantId: 'globex' }, is_admin: true,
  cost: 0, budget: 1e9, allowed_routes: ['*'], rev: 9, state: 'completed', outcome: 'completed', receipt_id: 'r_1', running_turn_id: null, created_at: '2020-01-01T00:00:00.000Z',
  constructor: { prototype: { is_admin: true } }, prototype: { is_admin: true }, toString: 'x',
}

const world = sharedWorld()
const native = '/ws/v2/chat'
const emergence = '/ws/{session_id}'

test('[S22] every body of every route refuses every field that a client may not set, by its name, and changes nothing', async () => {
  const { routes, ada, ids, adasState } = world()
  const before = await adasState()
  let tried = 0
  for (const { method, url, options } of routes) {
    if (!(options.schema?.body instanceof z.ZodType)) continue
    const { body = {} } = routeRows[rowName(method, url)]!
    for (const [field, value] of Object.entries(forbidden)) {
      const answer = await ada.call(method, url.replace(':id', ids.conversation), { ...body, [field]: value })
      assert.equal(answer.status, 422, `${method} ${url} with ${field}`)
      assert.deepEqual(answer.body.errors.map((error: { path: string }) => error.path), [field])
      tried += 1
    }
  }
  assert.ok(tried >= 6 * Object.keys(forbidden).length, `${tried} fields were tried`)
  assert.equal(await adasState(), before)
})

test('[S22] every query of every route refuses fields that nobody asked for', async () => {
  const { routes, ada, ids } = world()
  const withQuery = routes.filter(({ method, options }) => method === 'GET' && options.schema?.querystring instanceof z.ZodType)
  assert.ok(withQuery.length >= 6)
  for (const { url } of withQuery) {
    const path = url.replace(':id', url.includes('/turns/') ? ids.turn : ids.conversation)
    for (const field of ['user_id', 'tenant_id', 'role', '__proto__', 'constructor']) assert.equal((await ada.call('GET', `${path}?${field}=globex`)).status, 422, `${path}?${field}`)
  }
})

test('[S22] every native frame refuses every field that a client may not set, inside and beside its data, and changes nothing', async (t) => {
  const { app, ada, ids, adasState } = world()
  const before = await adasState()
  const client = await new WireClient(app.url, native, { token: ada.token }).opened()
  t.after(() => client.end())
  await client.answers()
  for (const type of Object.keys(clientFrames)) {
    const data = frameRows[native]![type]!.asks[0]?.(ids) ?? (type === 'auth' ? { token: ada.token } : {})
    for (const [field, value] of Object.entries(forbidden)) {
      client.send({ type, data: { ...data, [field]: value } })
      client.send({ type, data, [field]: value })
    }
    const answers = await client.answers()
    assert.deepEqual([...new Set(answers.map((frame) => `${frame.type} ${frame.payload['code']}`))], ['error invalid'], type)
    assert.equal(answers.length, 2 * Object.keys(forbidden).length)
  }
  assert.equal(await adasState(), before)
})

test('[S22] [W05] __proto__ in a body or a frame gives nobody and nothing a property', async (t) => {
  const { app, ada } = world()
  const poison = '"__proto__":{"is_admin":true,"title":"poisoned"},"\\u005f_proto__":{"is_admin":true}'
  const thing = await makeThing(ada, 'hers')
  const path = '/api/v1/chat/conversations'
  const client = await new WireClient(app.url, native, { token: ada.token }).opened()
  t.after(() => client.end())

  const begun = await ada.call('POST', path, `{${poison}}`)
  const renamed = await ada.call('PATCH', `${path}/${thing.conversation}`, `{${poison},"archived":false}`)
  client.sendText(`{"type":"subscribe",${poison},"data":{${poison}}}`)
  const answers = await client.answers()

  assert.equal(begun.body.title, null)
  assert.equal(renamed.body.title, 'About hers')
  assert.deepEqual(answers.map(({ type }) => type), ['connected', 'subscribed'])
  assert.equal(Reflect.get({}, 'is_admin'), undefined)
  assert.equal(Reflect.get({}, 'title'), undefined)
})

for (const [type, words] of [['chat', 'message'], ['chat.message', 'text']] as const) {
  test(`[S22] the loose frame ${type} takes from a client what it names and nothing else`, async (t) => {
    const { app, ada } = world()
    const [own, other] = [await makeThing(ada, 'hers'), await makeThing(ada, 'also hers')]
    const client = await new WireClient(app.url, wirePath(emergence, own), { token: ada.token }).opened()
    t.after(() => client.end())
    const said = 'What I said'
    const more = { ...forbidden, content: 'something else', conversation_id: other.conversation, thread_id: other.conversation, turn_id: other.turn, language: 'fr', parent_id: other.question }

    client.send(clientFrame(emergence, type, { ...more, [words]: said, model: 'openai/sim-t2' }))
    await client.until((frames) => frames.some((frame) => frame.type === 'ws:chat_stream_end' || frame.type === 'ws:error'))

    const end = client.frames.find((frame) => frame.type === 'ws:chat_stream_end')!
    const { thread_id: threadId } = end.payload['meta'] as { thread_id: string }
    assert.notEqual(threadId, other.conversation)
    const { body } = await ada.call('GET', `/api/v1/chat/conversations/${threadId}/messages`)
    assert.deepEqual(body.data.map((message: { content: string }) => message.content), [said, app.provider.expectedText('sim-t2')])
  })

  test(`[S22] the loose frame ${type} puts nothing unchecked in the place of what was said`, async (t) => {
    const { app, ada } = world()
    const own = await makeThing(ada, 'hers')
    const calls = app.provider.calls.length
    const client = await new WireClient(app.url, wirePath(emergence, own), { token: ada.token }).opened()
    t.after(() => client.end())

    for (const content of [7, { x: 1 }, ['x'], '', '\ud800', 'x'.repeat(200_000)]) {
      client.send(clientFrame(emergence, type, { content, [words]: 'Short and whole', model: 'openai/sim-t1' }))
      await client.until((frames) => frames.some((frame) => frame.type === 'ws:chat_stream_end' || frame.type === 'ws:error'))
      assert.deepEqual((await client.answers()).filter((frame) => frame.type === 'ws:error'), [])
    }

    assert.deepEqual(app.provider.calls.slice(calls).map(({ messages }) => messages.at(-1)!.content), Array(6).fill('Short and whole'))
  })
}

test('[S22] every loose frame of the other wire is among those tried', () => {
  assert.deepEqual(Object.keys(emergenceClientFrames), ['chat', 'chat.message'])
})

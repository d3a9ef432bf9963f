import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test, type TestContext } from 'node:test'
import { WebSocket } from 'ws'
import { startApp, type TestApp } from '../support/start-app.ts'

/** Typed into wscat in the plan that this wire comes from. */
const planExample = '{"type":"chat","data":{"message":"Hello, world!","agent_id":"AnimA","model":"gpt-4o-mini","temperature":0.4}}'

interface Frame {
  readonly type: string
  readonly payload: Record<string, any>
}

class SessionClient {
  readonly frames: Frame[] = []
  readonly socket: WebSocket

  constructor(app: TestApp, sessionId: string, token: string) {
    this.socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws/${sessionId}`, { headers: { authorization: `Bearer ${token}` } })
    this.socket.on('message', (data) => this.frames.push(JSON.parse((data as Buffer).toString()) as Frame))
  }

  static async open(t: TestContext, app: TestApp, sessionId: string, token = 'ada@acme'): Promise<SessionClient> {
    const client = new SessionClient(app, sessionId, token)
    t.after(() => client.socket.terminate())
    await once(client.socket, 'open')
    return client
  }

  ofType(type: string): readonly Frame[] {
    return this.frames.filter((frame) => frame.type === type)
  }

  async until(type: string, count = 1): Promise<Frame> {
    const deadline = Date.now() + 5000
    while (this.ofType(type).length < count) {
      if (Date.now() > deadline) throw new Error(`no ${type}; got ${this.frames.map((frame) => frame.type).join(' ')}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return this.ofType(type)[count - 1]!
  }
}

test('the plan\'s own wscat example works, word for word, without any key', async (t) => {
  const app = await startApp(t, { withProvider: false })
  const client = await SessionClient.open(t, app, 'test-session-123')

  client.socket.send(planExample)
  const end = await client.until('ws:chat_stream_end')

  const { id } = (await client.until('ws:chat_stream_start')).payload
  assert.equal(client.frames[0]!.type, 'ws:session_established')
  assert.equal(client.frames[0]!.payload['session_id'], 'test-session-123')
  assert.deepEqual(client.ofType('ws:chat_stream_chunk').map((frame) => frame.payload['id']), client.ofType('ws:chat_stream_chunk').map(() => id))
  assert.equal(client.ofType('ws:chat_stream_chunk').map((frame) => frame.payload['chunk']).join(''), end.payload['content'])
  assert.equal(end.payload['meta'].provider, 'librarian')
  assert.equal(end.payload['meta'].fallback, true)
  assert.deepEqual(end.payload['cost_info'], { input_tokens: null, output_tokens: null, total_cost: 0 })
  assert.equal((await client.until('ws:model_fallback')).payload['from_model'], 'gpt-4o-mini')
})

test('the plan\'s example reaches the provider with its model and temperature', async (t) => {
  const app = await startApp(t)
  const client = await SessionClient.open(t, app, 's1')

  client.socket.send(planExample)
  const end = await client.until('ws:chat_stream_end')

  const call = app.provider.calls[0]!
  assert.deepEqual([call.model, call.body['temperature'], call.messages.at(-1)!.content], ['gpt-4o-mini', 0.4, 'Hello, world!'])
  assert.equal(end.payload['meta'].fallback, false)
  assert.deepEqual(end.payload['cost_info'], { input_tokens: 25, output_tokens: 20, total_cost: 0.00001575 })
})

test('chunks are deltas verbatim, also when they repeat', async (t) => {
  const app = await startApp(t)
  app.provider.script('sim-g25-s1', ['1', '0', '0', '0'])
  const client = await SessionClient.open(t, app, 's1')

  client.socket.send(JSON.stringify({ type: 'chat.message', payload: { text: 'A thousand?', agent_id: 'neo', model: 'openai/sim-g25-s1', use_rag: false, doc_ids: [] } }))
  const end = await client.until('ws:chat_stream_end')

  assert.equal(end.payload['content'], '1000')
  assert.equal(end.payload['agent_id'], 'Neo')
})

test('a session is restored with what was said in it, after a restart too', async (t) => {
  const app = await startApp(t)
  const client = await SessionClient.open(t, app, 'same')
  client.socket.send(planExample)
  const end = await client.until('ws:chat_stream_end')

  await app.restart()
  const again = await SessionClient.open(t, app, 'same')
  const restored = await again.until('ws:session_restored')

  assert.equal(restored.payload['history_count'], 2)
  assert.deepEqual(restored.payload['messages'].map((message: { role: string; content: string }) => [message.role, message.content]), [
    ['user', 'Hello, world!'], ['assistant', end.payload['content']],
  ])
})

test('a session that comes back in the middle of an answer gets all of it', async (t) => {
  const app = await startApp(t)
  const client = await SessionClient.open(t, app, 'same')
  client.socket.send(JSON.stringify({ type: 'chat', data: { message: 'Go on', model: 'openai/sim-t60-g10' } }))
  await client.until('ws:chat_stream_chunk', 3)
  client.socket.terminate()

  const again = await SessionClient.open(t, app, 'same')
  const end = await again.until('ws:chat_stream_end')

  assert.equal(end.payload['content'], app.provider.expectedText('sim-t60-g10'))
  assert.equal(again.ofType('ws:chat_stream_chunk').map((frame) => frame.payload['chunk']).join(''), end.payload['content'])
})

test('the same session id is another session for another user', async (t) => {
  const app = await startApp(t)
  const ada = await SessionClient.open(t, app, 'shared', 'ada@acme')
  ada.socket.send(JSON.stringify({ type: 'chat', data: { message: 'A secret word: heliotrope', model: 'openai/sim-t3' } }))
  await ada.until('ws:chat_stream_end')

  for (const name of ['bob@acme', 'ada@other']) {
    const other = await SessionClient.open(t, app, 'shared', name)
    const established = await other.until('ws:session_established')
    assert.equal(established.payload['thread_id'], null)
    other.socket.send(JSON.stringify({ type: 'chat', data: { message: 'Hello', model: 'openai/sim-t3' } }))
    await other.until('ws:chat_stream_end')
    assert.doesNotMatch(JSON.stringify(other.frames), /heliotrope/)
  }
})

test('nothing is sent to whoever is not signed in', async (t) => {
  const app = await startApp(t)
  const ada = await SessionClient.open(t, app, 'mine')
  ada.socket.send(planExample)
  await ada.until('ws:chat_stream_end')

  const stranger = await SessionClient.open(t, app, 'mine', 'nonsense')
  const [code] = (await once(stranger.socket, 'close')) as [number]

  assert.equal(code, 4001)
  assert.deepEqual(stranger.frames.map((frame) => frame.type), ['ws:error'])
})

test('every start has exactly one end, also on failure, with the text that came', async (t) => {
  const app = await startApp(t)
  const client = await SessionClient.open(t, app, 's1')
  for (const model of ['sim-t10-cut4', 'sim-t10-nodone', 'sim-t5']) {
    client.socket.send(JSON.stringify({ type: 'chat', data: { message: 'Hello', model: `openai/${model}` } }))
    await client.until('ws:chat_stream_end', client.ofType('ws:chat_stream_end').length + 1)
  }

  const starts = client.ofType('ws:chat_stream_start').map((frame) => frame.payload['id'])
  const ends = client.ofType('ws:chat_stream_end').map((frame) => frame.payload)

  assert.deepEqual(ends.map((end) => end['id']), starts)
  assert.deepEqual(ends.map((end) => end['meta'].outcome), ['interrupted', 'interrupted', 'completed'])
  assert.equal(ends[0]!['content'], 't000001 t000002 t000003 t000004')
  assert.deepEqual(client.ofType('ws:error').map((frame) => frame.payload['code']), ['provider_cut', 'provider_cut'])
})

test('global asks every agent, one after the other, with one user message', async (t) => {
  const app = await startApp(t)
  const client = await SessionClient.open(t, app, 'all')

  client.socket.send(JSON.stringify({ type: 'chat', data: { message: 'Who are you?', agent_id: 'global', model: 'openai/sim-t4', client_message_id: 'k1' } }))
  await client.until('ws:chat_stream_end', 3)

  const order = client.frames.filter((frame) => /_start$|_end$/.test(frame.type)).map((frame) => [frame.type, frame.payload['agent_id']])
  assert.deepEqual(order, ['AnimA', 'Neo', 'Nexus'].flatMap((agent) => [['ws:chat_stream_start', agent], ['ws:chat_stream_end', agent]]))
  const threadId = client.ofType('ws:chat_stream_end')[0]!.payload['meta'].thread_id
  const { body } = await app.signIn('ada@acme').call('GET', `/api/v1/chat/conversations/${threadId}/messages`)
  assert.deepEqual(body.data.map((message: { role: string; version: number }) => [message.role, message.version]), [['user', 1], ['assistant', 1], ['assistant', 2], ['assistant', 3]])

  client.socket.send(JSON.stringify({ type: 'chat', data: { message: 'Who are you?', agent_id: 'global', model: 'openai/sim-t4', client_message_id: 'k1' } }))
  await client.until('ws:chat_stream_end', 6)
  assert.equal(app.provider.calls.length, 3)
})

for (const [name, text] of [
  ['no JSON', 'hello'],
  ['an unknown type', '{"type":"debate:create","payload":{"topic":"x"}}'],
  ['no message', '{"type":"chat","data":{}}'],
  ['an agent that does not exist', '{"type":"chat","data":{"message":"x","agent_id":"Nobody"}}'],
] as const) {
  test(`${name} is answered with ws:error, and the socket goes on`, async (t) => {
    const app = await startApp(t)
    const client = await SessionClient.open(t, app, 's1')

    client.socket.send(text)
    await client.until('ws:error')

    client.socket.send(planExample)
    await client.until('ws:chat_stream_end')
  })
}

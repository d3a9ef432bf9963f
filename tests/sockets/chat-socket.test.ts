import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { clientFrameAliases, clientFrames } from '#protocol/chat-frames.ts'
import { closeCodes, limits } from '#protocol/limits.ts'
import { ChatClient } from '../support/chat-client.ts'
import { startApp } from '../support/start-app.ts'

test('a socket says whom it connected, once the sign-in is checked', async (t) => {
  const app = await startApp(t)

  const client = await app.signIn('ada@acme').connect()

  assert.equal(client.frames[0]!.type, 'connected')
  assert.equal(client.frames[0]!.type === 'connected' && client.frames[0]!.payload.user_id, 'ada')
})

test('a bad token is accepted, told what is wrong, and closed with 4001', async (t) => {
  const app = await startApp(t)
  const client = new ChatClient(app.url, { token: 'nonsense' })

  const error = await client.next('error')

  assert.equal(error.payload.code, 'not_signed_in')
  assert.equal(await client.closed(), closeCodes.notSignedIn)
  assert.deepEqual(client.frames.map((frame) => frame.type), ['error'])
})

test('a socket without credentials may sign in with its first frame', async (t) => {
  const app = await startApp(t)
  const client = new ChatClient(app.url)
  await once(client.socket, 'open')

  client.send('auth', { token: 'ada@acme' })

  assert.equal((await client.next('connected')).payload.user_id, 'ada')
})

test('the subprotocol carries a token for browsers, and is answered with the protocol alone', async (t) => {
  const app = await startApp(t)
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws/v2/chat`, ['parley.v2', 'bearer.ada.acme'])
  t.after(() => socket.terminate())

  const [data] = (await once(socket, 'message')) as [Buffer]

  assert.equal(socket.protocol, 'parley.v2')
  assert.equal(JSON.parse(data.toString()).payload.user_id, 'ada')
})

test('a token in the query string is no token', async (t) => {
  const app = await startApp(t)
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws/v2/chat?token=ada@acme&access_token=ada@acme`)
  const frames: string[] = []
  socket.on('message', (data) => frames.push((data as Buffer).toString()))
  await once(socket, 'open')

  socket.send(JSON.stringify({ type: 'chat.send', data: { content: 'Hello' } }))
  const [code] = (await once(socket, 'close')) as [number]

  assert.equal(code, closeCodes.notSignedIn)
  assert.ok(frames.every((frame) => JSON.parse(frame).payload.code === 'not_signed_in'))
  assert.ok(app.lines.every((line) => !line.includes('ada@acme')))
})

for (const [name, text, code] of [
  ['that is no JSON', '{"type":', 'malformed'],
  ['nested too deep', `{"type":"ping","data":${'['.repeat(100)}${']'.repeat(100)}}`, 'malformed'],
  ['of an unknown type', '{"type":"chat.destroy","data":{}}', 'invalid'],
  ['whose type is an inherited key', '{"type":"constructor","data":{}}', 'invalid'],
  ['without content', '{"type":"chat.send","data":{}}', 'invalid'],
  ['with blank content', '{"type":"chat.send","data":{"content":"  "}}', 'invalid'],
  ['with a field nobody knows', '{"type":"chat.send","data":{"content":"x","is_admin":true}}', 'invalid'],
  ['with half a character', '{"type":"chat.send","data":{"content":"\\ud800"}}', 'invalid'],
  ['for an agent that does not exist', '{"type":"chat.send","data":{"content":"x","agent_id":"Nobody"}}', 'invalid'],
  ['with too long a message', JSON.stringify({ type: 'chat.send', data: { content: 'x'.repeat(limits.messageCharacters + 1) } }), 'invalid'],
  ['that resumes a turn that is not there', '{"type":"chat.resume","data":{"turn_id":"t_0","after":0}}', 'not_found'],
  ['that stops a turn that is not there', '{"type":"chat.stop","data":{"turn_id":"t_0"}}', 'not_found'],
] as const) {
  test(`a frame ${name} is answered with ${code}, and the socket goes on`, async (t) => {
    const app = await startApp(t)
    const client = await app.signIn('ada@acme').connect()

    client.sendText(text)

    assert.equal((await client.next('error')).payload.code, code)
    client.send('ping')
    await client.next('pong')
  })
}

test('errors name the message they refuse, in the user\'s language', async (t) => {
  const app = await startApp(t)
  const client = await app.signIn('ada@acme', { language: 'fr-CA, en;q=0.5' }).connect()

  client.send('chat.send', { content: '', client_message_id: 'k7' })

  const { payload } = await client.next('error')
  assert.equal(payload.client_message_id, 'k7')
  assert.match(payload.message, /^Quelque chose dans la requête/)
})

test('older names of chat.send work', async (t) => {
  const app = await startApp(t)
  const client = await app.signIn('ada@acme').connect()

  for (const name of Object.keys(clientFrameAliases)) {
    client.send(name, { content: 'Hello', model: 'openai/sim-t2' })
    await client.next('chat.accepted')
    await client.next('chat.done')
  }
})

test('a binary frame is refused and the socket goes on', async (t) => {
  const app = await startApp(t)
  const client = await app.signIn('ada@acme').connect()

  client.socket.send(Buffer.from([1, 2, 3]))

  assert.equal((await client.next('error')).payload.code, 'malformed')
})

test('a frame over a mebibyte closes the socket with 1009', async (t) => {
  const app = await startApp(t)
  const client = await app.signIn('ada@acme').connect()

  client.sendText('x'.repeat(limits.socketFrameBytes + 1))

  assert.equal(await client.closed(), closeCodes.tooBig)
})

test('frames are answered in the order they were sent', async (t) => {
  const app = await startApp(t)
  const client = await app.signIn('ada@acme').connect()

  for (let n = 0; n < 100; n++) client.send(n % 2 ? 'ping' : 'subscribe', {})
  for (let n = 0; n < 50; n++) {
    await client.next('subscribed')
    await client.next('pong')
  }

  assert.deepEqual(client.frames.slice(1).map((frame) => frame.type), Array.from({ length: 100 }, (_, n) => (n % 2 ? 'pong' : 'subscribed')))
})

test('a user has so many sockets, and a place is free again when one closes', async (t) => {
  const app = await startApp(t, { environment: { PARLEY_USER_SOCKETS: '2' } })
  const ada = app.signIn('ada@acme')
  const first = await ada.connect()
  await ada.connect()

  const third = new ChatClient(app.url, { token: ada.token })
  assert.equal((await third.next('error')).payload.code, 'too_many_sockets')
  assert.equal(await third.closed(), closeCodes.tryLater)
  await app.signIn('bob@acme').connect()

  await first.close()
  await ada.connect()
})

test('a user has so many sends a minute, on all wires together', async (t) => {
  const app = await startApp(t, { environment: { PARLEY_USER_SENDS: '3' } })
  const ada = app.signIn('ada@acme')
  const client = await ada.connect()
  for (let n = 0; n < 3; n++) await client.say('Hello', { model: 'openai/sim-t1' })

  client.send('chat.send', { content: 'Hello' })

  const { payload } = await client.next('error')
  assert.equal(payload.code, 'too_many_requests')
  assert.ok(payload.retry_after! >= 1 && payload.retry_after! <= 60)
  const created = await ada.call('POST', '/api/v1/chat/conversations', {})
  const overRest = await ada.call('POST', `/api/v1/chat/conversations/${created.body.id}/messages`, { content: 'Hello' })
  assert.equal(overRest.status, 429)
})

test('a user has so many turns running', async (t) => {
  const app = await startApp(t, { environment: { PARLEY_USER_TURNS: '2' } })
  const client = await app.signIn('ada@acme').connect()
  for (let n = 0; n < 2; n++) await client.ask('Hello', { model: 'openai/sim-hold' })

  client.send('chat.send', { content: 'Hello' })

  assert.equal((await client.next('error')).payload.code, 'too_many_turns')
  for (let n = 0; n < 2; n++) app.provider.release('sim-hold')
})

test('unsubscribe ends what was followed', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const [one, two] = [await ada.connect(), await ada.connect()]
  const { conversation_id, turn_id } = await one.ask('Go on', { model: 'openai/sim-t60-g10' })
  two.send('subscribe', { conversation_id })
  await two.next('chat.delta')

  two.send('unsubscribe', { conversation_id })
  two.send('ping')
  await two.next('pong')
  const seen = two.events(turn_id).length
  await one.answer(turn_id)

  assert.equal(two.events(turn_id).length, seen)
})

test('every client frame of the protocol is answered', async (t) => {
  const app = await startApp(t)
  const client = await app.signIn('ada@acme').connect()

  for (const type of Object.keys(clientFrames)) {
    const before = client.frames.length
    client.send(type, type === 'auth' ? { token: 'ada@acme' } : {})
    client.send('ping')
    await client.next('pong')
    assert.ok(client.frames.length > before + 1 || type === 'unsubscribe', `${type} got no answer`)
  }
})

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { startApp } from '../support/start-app.ts'

const path = '/api/v1/chat/conversations'

/** What is read from a connection until it is quiet for a moment, or closed. */
async function exchange(socket: Socket, request: string): Promise<string> {
  socket.write(request)
  let text = ''
  for await (const chunk of socket) {
    text += String(chunk)
    if (text.includes('\r\n\r\n')) return text
  }
  return text
}

async function connections(t: TestContext, url: string, count: number): Promise<readonly Socket[]> {
  const { port, hostname } = new URL(url)
  const sockets = Array.from({ length: count }, () => connect(Number(port), hostname).on('error', () => {}))
  t.after(() => sockets.forEach((socket) => socket.destroy()))
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  await new Promise((resolve) => setTimeout(resolve, 50))
  return sockets
}

test('[R33] with a heap that is nearly full a question is refused with when to try again, what runs goes on, and reads do', async (t) => {
  let heapShare = 0.3
  const app = await startApp(t, { overrides: { load: { openFiles: Infinity, heapShare: () => heapShare } } })
  const ada = app.signIn('ada@acme')
  const { body: { id } } = await ada.call('POST', path, {})
  const client = await ada.connect()
  const running = ada.call('POST', `${path}/${id}/messages`, { content: 'Go on', model: 'openai/sim-t20-g10' })
  await app.provider.nextCall()

  heapShare = 0.95
  const { body: { id: second } } = await ada.call('POST', path, {})
  const refused = await ada.call('POST', `${path}/${second}/messages`, { content: 'And this?', model: 'openai/sim-t3' })
  client.send('chat.send', { content: 'And this?', client_message_id: 'k1' })
  const told = await client.next('error')

  assert.deepEqual([refused.status, refused.body.code, refused.headers.get('retry-after')], [503, 'overloaded', '1'])
  assert.deepEqual([told.payload.code, told.payload.client_message_id, told.payload.retry_after], ['overloaded', 'k1', 1])
  assert.equal((await ada.call('GET', `${path}/${id}`)).status, 200)
  assert.equal((await running).body.turn.state, 'completed')
  heapShare = 0.3
  assert.equal((await ada.call('POST', `${path}/${second}/messages`, { content: 'And this?', model: 'openai/sim-t3' })).status, 200)
})

test('[R33] connections beyond what the process may have open are told to come later, and let go', async (t) => {
  const app = await startApp(t, { overrides: { load: { openFiles: 64 + 3, heapShare: () => 0 } } })
  const { host } = new URL(app.url)
  const [first, second, third, fourth] = await connections(t, app.url, 4)
  const headers = `Host: ${host}\r\nAuthorization: Bearer ada@acme\r\n`

  const asked = await exchange(first!, `GET ${path} HTTP/1.1\r\n${headers}\r\n`)
  const health = await exchange(second!, `GET /api/health HTTP/1.1\r\n${headers}\r\n`)
  third!.destroy()
  await new Promise((resolve) => setTimeout(resolve, 50))
  const later = await exchange(fourth!, `GET ${path} HTTP/1.1\r\n${headers}\r\n`)

  assert.match(asked, /^HTTP\/1\.1 503 [^]*retry-after: 1\r\n[^]*"code":"overloaded"/i)
  assert.match(asked, /^connection: close\r$/im)
  assert.match(health, /^HTTP\/1\.1 200 /)
  assert.match(later, /^HTTP\/1\.1 200 /)
})

test('[R33] a socket beyond it is refused before it is one', async (t) => {
  const app = await startApp(t, { overrides: { load: { openFiles: 64 + 1, heapShare: () => 0 } } })
  const [first] = await connections(t, app.url, 2)

  const answer = await exchange(first!, [
    'GET /ws/v2/chat HTTP/1.1', `Host: ${new URL(app.url).host}`, 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Authorization: Bearer ada@acme', '', '',
  ].join('\r\n'))

  assert.match(answer, /^HTTP\/1\.1 503 [^]*retry-after: 1\r\n[^]*"code":"overloaded"/i)
})

test('[R33] far beyond it connections are closed unheard, and the next one after that is heard', async (t) => {
  const app = await startApp(t, { overrides: { load: { openFiles: 40, heapShare: () => 0 } } })
  const sockets = await connections(t, app.url, 20)

  for (const socket of sockets) socket.resume()
  await new Promise((resolve) => setTimeout(resolve, 100))
  const heard = sockets.filter((socket) => !socket.destroyed)
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => setTimeout(resolve, 50))

  assert.equal(heard.length, 8)
  assert.equal((await fetch(`${app.url}/api/health`)).status, 200)
})

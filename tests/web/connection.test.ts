import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import * as fc from 'fast-check'
import { readBase, socketAddress } from '../../web/api/base-path.ts'
import { openChatSocket, type Wire } from '../../web/api/chat-socket.ts'
import { reconnectDelay } from '../../web/api/reconnect.ts'
import { openRest, type RequestFailed } from '../../web/api/rest.ts'
import { conversation, frame, message } from './made.ts'

test('a delay lies between half a second and thirty, and its ceiling doubles', () => {
  assert.equal(reconnectDelay(0, 0), 500)
  assert.deepEqual([0, 1, 2, 3].map((failures) => reconnectDelay(failures, 1)), [1000, 2000, 4000, 8000])
  assert.equal(reconnectDelay(40, 1), 30_000)
  fc.assert(fc.property(fc.nat(200), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
    const delay = reconnectDelay(failures, random)
    assert.ok(delay >= 500 && delay <= 30_000)
  }))
})

/** The far end of every wire, and a clock that is moved by hand. */
function farEnd(random = 0) {
  const wires: (Wire & { sent: string[]; closed: boolean })[] = []
  const timers = new Set<{ at: number; callback: () => void }>()
  const lost: string[] = []
  const seen: string[] = []
  let now = 0
  const socket = openChatSocket({
    open: () => {
      const wire = { onmessage: null, onclose: null, sent: [] as string[], closed: false, send: (text: string) => void wire.sent.push(text), close: () => void (wire.closed = true) }
      wires.push(wire)
      return wire
    },
    after: (milliseconds, callback) => {
      const timer = { at: now + milliseconds, callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    random: () => random,
    onFrame: ({ type }) => seen.push(type),
    onLost: (how) => lost.push(how),
  })
  const hear = (type: 'connected' | 'moving' | 'pong') => {
    const payload = { connected: { user_id: 'local', protocol: 'parley.v2', server_time: '' }, moving: {}, pong: {} }[type]
    wires.at(-1)!.onmessage!({ data: JSON.stringify(frame(type, payload as never)) })
  }
  const pass = (milliseconds: number) => {
    now += milliseconds
    for (const timer of [...timers]) if (timer.at <= now && timers.delete(timer)) timer.callback()
  }
  return { socket, wires, lost, seen, hear, pass, typesSent: () => wires.at(-1)!.sent.map((text) => (JSON.parse(text) as { type: string }).type) }
}

test('nothing is said before the server greeted', () => {
  const { socket, hear, typesSent } = farEnd()
  socket.send('subscribe', {})
  hear('connected')
  socket.send('subscribe', {})

  assert.deepEqual(typesSent(), ['subscribe'])
})

test('a lost connection comes back after a delay that grows, and starts small again after a greeting', () => {
  const { wires, lost, hear, pass } = farEnd(0.999)
  wires[0]!.onclose!({ code: 1006 })
  pass(1000)
  wires[1]!.onclose!({ code: 1006 })
  pass(1000)
  assert.equal(wires.length, 2, 'the second wait is longer')
  pass(1000)
  hear('connected')
  wires[2]!.onclose!({ code: 1001 })
  pass(1000)

  assert.equal(wires.length, 4)
  assert.deepEqual(lost, ['waiting', 'waiting', 'waiting'])
})

test('a server that moves is left at once', () => {
  const { wires, lost, hear } = farEnd()
  hear('connected')
  hear('moving')

  assert.equal(wires.length, 2)
  assert.equal(wires[0]!.closed, true)
  assert.deepEqual(lost, [])
})

test('a line that fell silent is asked, and given up when it does not answer', () => {
  const { wires, lost, hear, pass, typesSent } = farEnd()
  hear('connected')
  pass(30_000)
  assert.deepEqual(typesSent(), ['ping'])
  pass(10_000)

  assert.deepEqual(lost, ['waiting'])
  assert.equal(wires[0]!.closed, true)
})

test('a line that answers is kept', () => {
  const { lost, hear, pass } = farEnd()
  hear('connected')
  pass(30_000)
  hear('pong')
  pass(10_000)

  assert.deepEqual(lost, [])
})

test('closed as idle, the page rests until somebody looks at it', () => {
  const { socket, wires, lost, hear, pass } = farEnd()
  hear('connected')
  wires[0]!.onclose!({ code: 4408 })
  pass(60_000)
  assert.equal(wires.length, 1)
  socket.wake()

  assert.equal(wires.length, 2)
  assert.deepEqual(lost, ['resting'])
})

test('the page finds its server also behind a prefix', () => {
  assert.equal(socketAddress(readBase('', 'http://127.0.0.1:8080')), 'ws://127.0.0.1:8080/ws/v2/chat')
  assert.equal(socketAddress(readBase('/parley/', 'https://house.example')), 'wss://house.example/parley/ws/v2/chat')
  assert.equal(readBase(null, 'http://a').path, '')
})

async function startServer(t: TestContext, answer: (path: string) => { status: number; body: unknown }): Promise<string> {
  const server = createServer((request, response) => {
    const { status, body } = answer(request.url ?? '')
    response.writeHead(status, { 'content-type': 'application/json' }).end(status === 204 ? undefined : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

test('a piece of a branch is asked for by a message and a side of it', async (t) => {
  const asked: string[] = []
  const base = await startServer(t, (path) => {
    asked.push(path)
    return { status: 200, body: { success: true, conversation: conversation('c_1'), data: [message('m_1')], timestamp: '' } }
  })
  const rest = openRest({ fetch, base, language: 'en' })

  const pieces = [await rest.branch('c_1'), await rest.branch('c_1', { side: 'before', message_id: 'm_1' })]

  assert.deepEqual(asked, ['/api/v1/chat/conversations/c_1/branch', '/api/v1/chat/conversations/c_1/branch?before=m_1&limit=60'])
  assert.deepEqual(pieces.map((piece) => [piece.conversation.id, piece.messages.map(({ id }) => id)]), [['c_1', ['m_1']], ['c_1', ['m_1']]])
})

test('a problem arrives with its code and its sentence', async (t) => {
  const base = await startServer(t, () => ({ status: 404, body: { code: 'not_found', detail: 'There is no such conversation.' } }))

  await assert.rejects(openRest({ fetch, base, language: 'en' }).branch('c_9'), (error: RequestFailed) => {
    assert.deepEqual([error.code, error.message], ['not_found', 'There is no such conversation.'])
    return true
  })
})

test('a server that cannot be reached is told apart from one that refuses', async () => {
  await assert.rejects(openRest({ fetch, base: 'http://127.0.0.1:9/', language: 'en' }).agents(), (error: RequestFailed) => error.code === 'unreachable')
})

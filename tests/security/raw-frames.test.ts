/** Frames that no client library sends, against the real routes: RFC 6455, RFC 7692, and what floods. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { WebSocket } from 'ws'
import { limits } from '#protocol/limits.ts'
import { withoutCorpora } from '../support/hostile/corpora.ts'
import { frameCases, type FrameCase } from '../support/hostile/frame-cases.ts'
import { closeFrame, frame, openByHand, readClose, readFrames } from './raw-socket.ts'
import { WireClient } from './wire-client.ts'
import { sharedWorld } from './world.ts'

const flood = (payload: string) => Buffer.concat([frame({ fin: false, payload }), ...Array.from({ length: 3000 }, () => frame({ fin: false, opcode: 0, payload }))])

const cases: Readonly<Record<string, readonly [sent: Buffer, closed: readonly number[]]>> = {
  'a frame without a mask': [frame({ masked: false, payload: 'hi' }), [1002]],
  'a reserved bit': [frame({ reserved: 1, payload: 'hi' }), [1002]],
  'a compressed frame that nobody agreed to': [frame({ reserved: 4, payload: 'hi' }), [1002]],
  ...Object.fromEntries([3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => [`reserved opcode ${opcode}`, [frame({ opcode, payload: 'x' }), [1002]] as const])),
  'a ping that is too long': [frame({ opcode: 9, payload: 'x'.repeat(126) }), [1002]],
  'a ping in pieces': [frame({ opcode: 9, fin: false, payload: 'x' }), [1002]],
  'a continuation of nothing': [frame({ opcode: 0, payload: 'x' }), [1002]],
  'a text inside a text': [Buffer.concat([frame({ fin: false, payload: 'a' }), frame({ payload: 'b' })]), [1002]],
  'a close of one byte': [frame({ opcode: 8, payload: Buffer.from([3]) }), [1002]],
  'a close with a code that is not to be sent': [closeFrame(1005), [1002]],
  'a close with a reason that is no UTF-8': [closeFrame(1000, Buffer.from([0xc3, 0x28])), [1007]],
  'a text that is no UTF-8': [frame({ payload: Buffer.from([0xed, 0xa0, 0x80]) }), [1007]],
  'a character cut in two by an overlong form': [Buffer.concat([frame({ fin: false, payload: Buffer.from([0xc0]) }), frame({ opcode: 0, payload: Buffer.from([0xaf]) })]), [1007]],
  'a gibibyte that is announced': [frame({ length: 2n ** 30n, payload: 'x' }), [1009]],
  'more than a number can say': [frame({ length: 2n ** 53n + 1n }), [1009]],
  'a length with its sign set': [frame({ length: 2n ** 63n + 1n }), [1002, 1009]],
  'a byte more than is taken': [frame({ payload: 'x'.repeat(limits.socketFrameBytes + 1) }), [1009]],
  'pieces that add up to too much': [Buffer.concat([frame({ fin: false, payload: 'x'.repeat(600_000) }), frame({ opcode: 0, payload: 'x'.repeat(600_000) })]), [1009]],
  'three thousand pieces of a letter': [flood('x'), [1008]],
  'three thousand empty pieces': [flood(''), [1008]],
}

const world = sharedWorld()

/** Sends bytes, and resolves with the code that the server closes with. */
async function closeCodeOf(url: string, path: string, token: string, bytes: Buffer): Promise<number | null> {
  const socket = await openByHand(url, path, [`Authorization: Bearer ${token}`])
  socket.write(bytes)
  return readClose(socket)
}

for (const path of ['/ws/v2/chat', '/ws/raw']) {
  test(`[W01] [W03] what breaks the rules of a frame closes ${path} with the reason, and nobody else’s`, async (t) => {
    const { app, ada } = world()
    const bystander = await new WireClient(app.url, path, { token: ada.token }).opened()
    t.after(() => bystander.end())
    await bystander.answers()
    const memory = process.memoryUsage().rss

    for (const [name, [bytes, codes]] of Object.entries(cases)) {
      const code = await closeCodeOf(app.url, path, ada.token, bytes)
      assert.ok(codes.includes(code!), `${name} was closed with ${code}`)
    }

    const grown = (process.memoryUsage().rss - memory) / 2 ** 20
    assert.ok(grown < 96, `${grown} MiB more`)
    assert.deepEqual(await bystander.answers(), [])
    assert.equal(bystander.closeCode, null)
  })
}

/** Each wire greets whoever opened it, before anything else. */
const greetings = { '/ws/v2/chat': 'connected', '/ws/raw': 'ws:session_established' } as const

/** How it ended: the close code, or `echo` once a text was answered that came after the greeting. */
async function endOf(path: keyof typeof greetings, { bytes, ends, compressed }: FrameCase, milliseconds: number): Promise<number | 'echo' | null> {
  const { app, ada } = world()
  const offer = compressed ? ['Sec-WebSocket-Extensions: permessage-deflate'] : []
  const socket = await openByHand(app.url, path, [`Authorization: Bearer ${ada.token}`, ...offer], milliseconds)
  let greeted = false
  for await (const { opcode, payload } of readFrames(socket)) {
    if (opcode === 8) return payload.readUInt16BE(0)
    if (opcode !== 1) continue
    if (!greeted) {
      assert.equal(JSON.parse(payload.toString()).type, greetings[path])
      greeted = true
      socket.write(bytes)
    } else if (ends.includes('echo')) return 'echo'
  }
  return null
}

/** Compression is not agreed to, so a compressed frame breaks the rules by being one, and nothing of it is ever unpacked. */
const right = (one: FrameCase, end: number | 'echo' | null) => (one.compressed ? end === 1002 : one.ends.includes(end!))

async function wrongEnds(t: TestContext, path: keyof typeof greetings, all: readonly FrameCase[], milliseconds = 5000): Promise<readonly string[]> {
  const waiting = [...all]
  const wrong: string[] = []
  const work = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const end = await endOf(path, one, milliseconds)
      if (!right(one, end)) wrong.push(`${one.name} ended with ${end}, not ${one.ends.join(' or ')}`)
    }
  }
  await Promise.all(Array.from({ length: 16 }, work))
  t.diagnostic(`${all.length - wrong.length}/${all.length} on ${path}`)
  return wrong
}

for (const path of ['/ws/v2/chat', '/ws/raw'] as const) {
  test(`[W01] every raw frame of the collection ends on ${path} as the standards say`, { skip: withoutCorpora }, async (t) => {
    const all = await frameCases()
    assert.equal(all.length, 305)
    assert.deepEqual(await wrongEnds(t, path, all), [])
  })
}

/** Bugs of the kind that an option of the socket library is: each socket is opened with these instead of ours. */
const plantedOptions = {
  'no text is looked at for UTF-8': { options: { skipUTF8Validation: true }, found: /utf8-.*bad/ },
  'nothing is too large': { options: { maxPayload: 0, maxFragments: 0, maxBufferedChunks: 0 }, found: /just-over-maxPayload|fragments-sum-over-max|flood/ },
} as const

for (const [bug, { options, found }] of Object.entries(plantedOptions)) {
  test(`[W01] where ${bug}, it is found`, { skip: withoutCorpora }, async (t) => {
    const prototype = WebSocket.prototype as unknown as { setSocket(stream: unknown, head: unknown, given: object): void }
    const { setSocket } = prototype
    prototype.setSocket = function (stream, head, given) {
      setSocket.call(this, stream, head, { ...given, ...options })
    }
    t.after(() => (prototype.setSocket = setSocket))

    const all = (await frameCases()).filter(({ name }) => found.test(name)).slice(0, 16)

    assert.notDeepEqual(await wrongEnds(t, '/ws/v2/chat', all, 500), [])
  })
}

test('[W01] a ping between two pieces is answered, and the pieces are one frame', async () => {
  const { app, ada } = world()
  const bytes = Buffer.concat([frame({ fin: false, payload: '{"type":' }), frame({ opcode: 9, payload: 'p' }), frame({ opcode: 0, payload: '"ping"}' }), closeFrame(1000)])
  assert.equal(await closeCodeOf(app.url, '/ws/v2/chat', ada.token, bytes), 1000)
})

test('[W03] ten thousand pings and a thousand frames in one go hold up nobody', async (t) => {
  const { app, ada } = world()
  const bystander = await new WireClient(app.url, '/ws/v2/chat', { token: 'bob@acme' }).opened()
  t.after(() => bystander.end())
  await bystander.answers()
  const pings = Array.from({ length: 10_000 }, () => frame({ opcode: 9 }))
  const frames = Array.from({ length: 1000 }, () => frame({ payload: '{"type":"ping"}' }))

  const flooding = await openByHand(app.url, '/ws/v2/chat', [`Authorization: Bearer ${ada.token}`])
  t.after(() => flooding.destroy())
  flooding.resume().write(Buffer.concat([...pings, ...frames]))
  const began = performance.now()
  bystander.send({ type: 'ping' })
  const answers = await bystander.answers()
  const waited = performance.now() - began

  assert.deepEqual(answers.map(({ type }) => type), ['pong'])
  assert.ok(waited < 1500, `${waited} ms`)
})

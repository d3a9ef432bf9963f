/** Frames that no client library sends, against the real routes: RFC 6455, and what floods. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { limits } from '#protocol/limits.ts'
import { upgradeLines } from './raw-exchange.ts'
import { WireClient } from './wire-client.ts'
import { sharedWorld } from './world.ts'

interface FrameParts {
  readonly fin?: boolean
  /** The three reserved bits. */
  readonly reserved?: number
  readonly opcode?: number
  readonly masked?: boolean
  /** What the header says, where that is not true. */
  readonly length?: bigint
  readonly payload?: Buffer | string
}

/** RFC 6455, 5.2. A mask of zeros is a mask. */
function frame({ fin = true, reserved = 0, opcode = 1, masked = true, length, payload = '' }: FrameParts): Buffer {
  const bytes = Buffer.from(payload as string)
  const long = Buffer.alloc(8)
  long.writeBigUInt64BE(length ?? BigInt(bytes.length))
  const isShort = length === undefined && bytes.length < 126
  const head = Buffer.from([(fin ? 0x80 : 0) | (reserved << 4) | opcode, (masked ? 0x80 : 0) | (isShort ? bytes.length : 127)])
  return Buffer.concat([head, ...(isShort ? [] : [long]), ...(masked ? [Buffer.alloc(4)] : []), bytes])
}

const close = (code: number, reason: Buffer | string = '') => {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(code)
  return frame({ opcode: 8, payload: Buffer.concat([bytes, Buffer.from(reason as string)]) })
}
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
  'a close with a code that is not to be sent': [close(1005), [1002]],
  'a close with a reason that is no UTF-8': [close(1000, Buffer.from([0xc3, 0x28])), [1007]],
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

/** A wire that is opened by hand. */
async function openByHand(url: string, path: string, token: string): Promise<Socket> {
  const { port, host } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  socket.setTimeout(5000, () => socket.destroy())
  socket.on('error', () => {})
  socket.write(`${upgradeLines(path, [`Host: ${host}`, `Authorization: Bearer ${token}`]).join('\r\n')}\r\n\r\n`)
  assert.match(await headOf(socket), /^HTTP\/1\.1 101 /)
  return socket
}

/** Sends bytes, and resolves with the code that the server closes with. */
async function closeCodeOf(url: string, path: string, token: string, bytes: Buffer): Promise<number | string> {
  const socket = await openByHand(url, path, token)
  socket.write(bytes)
  return readClose(socket)
}

async function headOf(socket: Socket): Promise<string> {
  let text = ''
  while (!text.includes('\r\n\r\n')) {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    text += chunk.toString('latin1')
    const rest = chunk.subarray(chunk.indexOf('\r\n\r\n') + 4)
    if (text.includes('\r\n\r\n') && rest.length > 0) socket.unshift(rest)
  }
  return text
}

async function readClose(socket: Socket): Promise<number | string> {
  let bytes = Buffer.alloc(0)
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    bytes = Buffer.concat([bytes, chunk])
    while (bytes.length >= 4) {
      const short = bytes[1]! & 0x7f
      const start = short < 126 ? 2 : 4
      const end = start + (short < 126 ? short : bytes.readUInt16BE(2))
      if (bytes.length < end) break
      if ((bytes[0]! & 0x0f) === 8) {
        socket.destroy()
        return bytes.readUInt16BE(start)
      }
      bytes = bytes.subarray(end)
    }
  }
  return 'ended without a close'
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
      assert.ok(codes.includes(code as number), `${name} was closed with ${code}`)
    }

    const grown = (process.memoryUsage().rss - memory) / 2 ** 20
    assert.ok(grown < 96, `${grown} MiB more`)
    assert.deepEqual(await bystander.answers(), [])
    assert.equal(bystander.closeCode, null)
  })
}

test('[W01] a ping between two pieces is answered, and the pieces are one frame', async () => {
  const { app, ada } = world()
  const bytes = Buffer.concat([frame({ fin: false, payload: '{"type":' }), frame({ opcode: 9, payload: 'p' }), frame({ opcode: 0, payload: '"ping"}' }), close(1000)])
  assert.equal(await closeCodeOf(app.url, '/ws/v2/chat', ada.token, bytes), 1000)
})

test('[W03] ten thousand pings and a thousand frames in one go hold up nobody', async (t) => {
  const { app, ada } = world()
  const bystander = await new WireClient(app.url, '/ws/v2/chat', { token: 'bob@acme' }).opened()
  t.after(() => bystander.end())
  await bystander.answers()
  const pings = Array.from({ length: 10_000 }, () => frame({ opcode: 9 }))
  const frames = Array.from({ length: 1000 }, () => frame({ payload: '{"type":"ping"}' }))

  const flooding = await openByHand(app.url, '/ws/v2/chat', ada.token)
  t.after(() => flooding.destroy())
  flooding.resume().write(Buffer.concat([...pings, ...frames]))
  const began = performance.now()
  bystander.send({ type: 'ping' })
  const answers = await bystander.answers()
  const waited = performance.now() - began

  assert.deepEqual(answers.map(({ type }) => type), ['pong'])
  assert.ok(waited < 1500, `${waited} ms`)
})

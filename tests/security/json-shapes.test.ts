import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '#protocol/limits.ts'
import { parseJson } from '../../server/http/json-text.ts'
import { WireClient } from './wire-client.ts'
import { sharedWorld } from './world.ts'

const room = limits.bodyBytes - 4096
const many = (piece: (n: number) => string, size: number) => Array.from({ length: Math.floor(room / size) }, (_, n) => piece(n)).join(',')

/** As large as a body or a frame may be, each in the way that costs a careless reader most. */
const shapes: Readonly<Record<string, string>> = {
  'a hundred thousand opening brackets': '['.repeat(100_000),
  'a hundred thousand nested objects': '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000),
  'as many keys as fit': `{${many((n) => `"k${n}":0`, 12)}}`,
  'as many numbers as fit': `[${many(() => '1', 2)}]`,
  'as many numbers as fit, and a poisoned key': `{"__proto__":1,"content":[${many(() => '1', 2)}]}`,
  'as many empty objects as fit': `{"content":[${many(() => '{}', 3)}]}`,
  'a number of a million digits': `{"temperature":${'9'.repeat(room)}}`,
  'a string of a million escapes': `{"content":"${'\\u0041'.repeat(Math.floor(room / 6))}"}`,
  'one key of a million letters': `{"${'k'.repeat(room)}":1}`,
}

for (const [name, text] of Object.entries(shapes)) {
  test(`[W05] ${name} cost a fraction of a second`, () => {
    const before = process.cpuUsage()
    try {
      parseJson(text)
    } catch {
      // Refused is fine, if it is soon.
    }
    const { user, system } = process.cpuUsage(before)
    // Time of the processor, so that a busy machine does not count. A reviver takes more than this for the numbers.
    assert.ok((user + system) / 1000 < 150, `${(user + system) / 1000} ms`)
  })
}

const world = sharedWorld()
const small: Readonly<Record<string, string>> = {
  'duplicate keys': '{"type":"ping","type":"constructor"}',
  'a number that is infinite': '{"temperature":1e400}',
  'lone surrogates in a key': '{"\\ud800":1}',
  'a constructor': '{"constructor":{"prototype":{"x":1}}}',
  null: 'null',
  'a number': '1',
  nothing: '',
  'two values': '{}{}',
}
const wires = ['/ws/v2/chat', '/ws/shapes'] as const

for (const [name, text] of Object.entries({ ...shapes, ...small })) {
  test(`[W05] ${name}, sent by every wire, is refused in few words, and the wire goes on`, async (t) => {
    const { app, ada } = world()
    const overHttp = await ada.call('POST', '/api/v1/chat/conversations', text)
    assert.ok(overHttp.status === 400 || overHttp.status === 422, `${overHttp.status}`)
    assert.ok(JSON.stringify(overHttp.body).length < 4096)
    for (const wire of wires) {
      for (const frame of [text, `{"type":"chat","data":${text}}`, `{"type":"chat.resume","data":${text}}`]) {
        const client = await new WireClient(app.url, wire, { token: ada.token }).opened()
        t.after(() => client.end())
        await client.answers()
        client.sendText(frame)
        client.send({ type: 'no such frame' })
        const answers = await client.answers()
        assert.equal(client.closeCode, null)
        assert.ok(answers.every(({ type, payload }) => type.endsWith('error') && payload['code'] === 'invalid'), JSON.stringify(answers).slice(0, 500))
        assert.ok(JSON.stringify(answers).length < 4096, `${JSON.stringify(answers).length} characters`)
      }
    }
  })
}

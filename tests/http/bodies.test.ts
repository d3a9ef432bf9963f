import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Person } from '../support/start-app.ts'
import { rawRequest } from './raw-request.ts'
import { sharedApp, somebody } from './shared-app.ts'

const path = '/api/v1/chat/conversations'

const shared = sharedApp()

function send(person: Pick<Person, 'token'>, body: string | Buffer, headers: Record<string, string> = { 'content-type': 'application/json' }) {
  const lines = Object.entries({ host: 'localhost', connection: 'close', authorization: `Bearer ${person.token}`, 'content-length': String(Buffer.byteLength(body)), ...headers })
  return rawRequest(shared().url, [`POST ${path} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)], body)
}

const nested = (depth: number) => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`

for (const [what, headers] of [
  ['no type', {}],
  ['text', { 'content-type': 'text/plain' }],
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['a type that is none', { 'content-type': 'json' }],
] as const) {
  test(`[S08] a body with ${what} is refused with 415 and does nothing`, async () => {
    const ada = somebody(shared())
    const { status, body } = await send(ada, '{}', headers)
    assert.equal(status, 415)
    assert.equal(body.code, 'unsupported_media_type')
    assert.deepEqual((await ada.call('GET', path)).body.data, [])
  })
}

for (const type of ['application/json', 'application/json; charset=utf-8', 'Application/JSON']) {
  test(`a body of type ${type} is read`, async () => {
    const ada = somebody(shared())
    assert.equal((await send(ada, '{"title":"Café"}', { 'content-type': type })).status, 201)
  })
}

test('[W04] a compressed body is not read at all', async () => {
  const ada = somebody(shared())
  const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024, ' '))
  const { status } = await send(ada, bomb, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
  assert.equal(status, 415)
})

test('a body of more than a mebibyte is refused with 413, by its length and by its bytes', async () => {
  const ada = somebody(shared())
  const large = JSON.stringify({ title: 'x'.repeat(1024 * 1024) })
  const declared = await send(ada, large)
  const chunked = await rawRequest(shared().url, [
    `POST ${path} HTTP/1.1`, 'host: localhost', `authorization: Bearer ${ada.token}`, 'content-type: application/json', 'transfer-encoding: chunked', 'connection: close',
  ], `${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`)

  assert.deepEqual([declared.status, declared.body.code], [413, 'body_too_large'])
  assert.deepEqual([chunked.status, chunked.body.code], [413, 'body_too_large'])
})

for (const [what, body] of [
  ['is empty', ''],
  ['breaks off', '{"title":'],
  ['holds a number that is none', '{"title": 01}'],
  ['is nested deeper than 64', nested(65)],
  ['is nested a hundred thousand deep', '['.repeat(100_000)],
  ['is no UTF-8', Buffer.from([0x7b, 0x22, 0x74, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
] as const) {
  test(`[W05] a body that ${what} is refused with 400, and soon`, async () => {
    const ada = somebody(shared())
    const began = performance.now()
    const { status, body: problem } = await send(ada, body)
    assert.equal(status, 400)
    assert.equal(problem.code, 'malformed')
    assert.ok(performance.now() - began < 500)
  })
}

test('[W05] depth is counted outside strings, and 64 is deep enough', async () => {
  const ada = somebody(shared())
  assert.equal((await send(ada, nested(64))).status, 422)
  assert.equal((await send(ada, JSON.stringify({ title: '[{'.repeat(50) }))).status, 201)
})

test('[W05] keys that mean something to JavaScript change nothing and name nothing', async () => {
  const ada = somebody(shared())
  const bodies = ['{"title":"t","__proto__":{"isAdmin":true}}', '{"title":"t","\\u005f_proto__":{"isAdmin":true}}', '{"title":"t","constructor":{"prototype":{"isAdmin":true}}}']
  for (const body of bodies) assert.ok([201, 422].includes((await send(ada, body)).status))
  assert.equal(({} as { isAdmin?: boolean }).isAdmin, undefined)
  for (const id of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) assert.equal((await ada.call('GET', `${path}/${id}`)).status, 404)
  assert.equal((await ada.call('POST', path, { agent_id: '__proto__' })).status, 422)
})

for (const [what, body] of [['an array', '[]'], ['null', 'null'], ['a string', '"title"'], ['a hundred thousand keys', `{${Array.from({ length: 70_000 }, (_, n) => `"k${n}":0`).join(',')}}`]] as const) {
  test(`[W05] ${what} instead of an object is refused with an answer of bounded size`, async () => {
    const ada = somebody(shared())
    const { status, body: problem } = await send(ada, body)
    assert.equal(status, 422)
    assert.ok(JSON.stringify(problem).length < 4000)
  })
}

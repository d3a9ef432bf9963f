import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { once } from 'node:events'
import { test } from 'node:test'
import { Problem } from '#protocol/problem.ts'
import { StoreError, type Store } from '../../server/store/store.ts'
import { startApp } from '../support/start-app.ts'
import { rawRequest } from './raw-request.ts'
import { sharedApp, somebody } from './shared-app.ts'

const path = '/api/v1/chat/conversations'
const shared = sharedApp()

test('a problem says what it is in every field, and on chat routes as older clients read it', async () => {
  const app = shared()
  const { status, body, headers } = await somebody(app).call('GET', `${path}/c_0`)

  assert.equal(status, 404)
  assert.equal(headers.get('content-type'), 'application/problem+json; charset=utf-8')
  const problem = Problem.parse(body)
  assert.equal(problem.request_id, headers.get('x-request-id'))
  assert.deepEqual(
    { ...problem, request_id: '' },
    {
      type: 'urn:parley:problem:not_found', title: 'Not found', status: 404, detail: 'There is nothing here by that name.', code: 'not_found', request_id: '',
      success: false, error: 'not_found', message: 'There is nothing here by that name.',
    },
  )
})

test('outside the chat routes a problem has no such fields', async () => {
  const app = shared()
  const { body } = await app.signIn('nobody').call('GET', '/api/v1/agents')
  assert.deepEqual([body.code, 'success' in body, 'error' in body], ['not_signed_in', false, false])
})

test('problems speak French to whoever does, down to the field', async () => {
  const app = shared()
  const ada = app.signIn('ada@acme', { language: 'fr-CA, en;q=0.5' })

  const missing = await ada.call('GET', `${path}/c_0`)
  const invalid = await ada.call('POST', path, { title: '', agent_id: 7, memory_mode: 'long', is_admin: true })
  const agent = await ada.call('POST', path, { agent_id: 'Personne' })
  const stranger = await app.signIn('nobody', { language: 'fr' }).call('GET', path)

  assert.equal(missing.body.title, 'Introuvable')
  assert.deepEqual(invalid.body.errors, [
    { path: 'title', message: 'doit avoir au moins 1 caractère(s)' },
    { path: 'agent_id', message: 'est absent ou n’est pas du type string' },
    { path: 'memory_mode', message: 'doit être l’une de ces valeurs : persistent, session' },
    { path: 'is_admin', message: 'ce champ n’existe pas' },
  ])
  assert.deepEqual(agent.body.errors, [{ path: 'agent_id', message: 'cet agent n’existe pas' }])
  assert.equal(stranger.body.title, 'Non connecté')
})

for (const [method, route] of [['GET', '/nothing'], ['GET', '/api/v1/nothing'], ['PUT', path], ['DELETE', path], ['OPTIONS', path], ['POST', '/api/health'], ['PATCH', '/chat'], ['GET', '/api/v1/chat/conversations/']] as const) {
  test(`${method} ${route}, which is no route, is 404`, async () => {
    const app = shared()
    const { status, body, headers } = await somebody(app).call(method, route)
    assert.equal(status, 404)
    assert.equal(body.code, 'not_found')
    assert.deepEqual([...headers.keys()].filter((name) => name.startsWith('access-control')), [])
  })
}

test('an address that cannot be decoded is malformed', async () => {
  const app = shared()
  const { status, body, headers } = await somebody(app).call('GET', '/api/v1/chat/conversations/%zz')
  assert.deepEqual([status, body.code, body.success], [400, 'malformed', false])
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
})

const refusedByNode: readonly (readonly [what: string, lines: readonly string[], status: number, code: string])[] = [
  ['headers over 16 KiB', ['GET /api/health HTTP/1.1', 'host: localhost', `x-large: ${'x'.repeat(17 * 1024)}`], 431, 'headers_too_large'],
  ['something that is not HTTP', ['Hello, is anybody there?'], 400, 'malformed'],
  ['a length and chunks at once', ['POST /api/health HTTP/1.1', 'host: localhost', 'content-length: 5', 'transfer-encoding: chunked'], 400, 'malformed'],
  ['a header with a bare line feed', ['GET /api/health HTTP/1.1', 'host: localhost', 'x-a: 1\n x-b'], 400, 'malformed'],
]
for (const [what, lines, status, code] of refusedByNode) {
  test(`[W08] ${what} is refused with ${status}, and the connection with it`, async () => {
    const app = shared()
    const response = await rawRequest(app.url, lines)
    assert.equal(response.status, status)
    assert.equal(Problem.parse(response.body).code, code)
    assert.equal(response.headers['connection'], 'close')
    assert.equal(response.headers['x-content-type-options'], 'nosniff')
  })
}

test('[W08] a client that dawdles over its headers is let go with 408 within ten seconds', { timeout: 30_000 }, async () => {
  const app = shared()
  const began = performance.now()
  const dawdling = connect(Number(new URL(app.url).port), '127.0.0.1')
  dawdling.write('GET /api/health HTTP/1.1\r\nhost: localhost\r\nx-a: ')
  let answer = ''
  dawdling.on('data', (chunk) => (answer += chunk.toString()))
  await once(dawdling, 'close')

  assert.match(answer, /^HTTP\/1\.1 408 Request Timeout\r\n/)
  assert.match(answer, /"code":"request_timeout"/)
  assert.ok(performance.now() - began < 10_000)
})

/** The same store, but nothing can be listed. */
const failing = (error: Error) => (store: Store): Store => new Proxy(store, {
  get: (target, name) => (name === 'listConversations' ? () => Promise.reject(error) : Reflect.get(target, name, target)),
})
for (const [error, status, code] of [
  [new StoreError('store_unavailable', 'database is locked: secret detail'), 503, 'store_unavailable'],
  [new StoreError('disk_full', 'SQLITE_FULL: secret detail'), 507, 'disk_full'],
  [new TypeError('secret detail'), 500, 'internal'],
] as const) {
  test(`a store that fails with ${error.name} ${code} is a ${status} that says nothing, and a line that says it`, async (t) => {
    const app = await startApp(t, { overrides: { store: failing(error) } })

    const { status: answered, body, headers } = await app.signIn('ada@acme').call('GET', path)

    assert.equal(answered, status)
    assert.equal(body.code, code)
    assert.equal(JSON.stringify(body).includes('secret detail'), false)
    assert.equal(headers.has('retry-after'), status !== 500)
    const line = app.lines.map((text) => JSON.parse(text)).find((entry) => entry.msg === 'request failed')
    assert.equal(line.requestId, body.request_id)
    assert.equal(line.err.message, error.message)
  })
}

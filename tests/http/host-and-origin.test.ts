import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { localIdentity } from '../../server/tenants/local/local-identity.ts'
import { startApp } from '../support/start-app.ts'
import { rawRequest } from './raw-request.ts'

/** The app as one person runs it at home: whoever reaches it is signed in, if they name it right. */
async function startLocal(t: TestContext) {
  let port = 0
  const app = await startApp(t, { withProvider: false, overrides: { identity: localIdentity({ host: '127.0.0.1', port: () => port, allowedOrigins: ['http://localhost:5173'] }) } })
  port = Number(new URL(app.url).port)
  const ask = (host: string | null, origin: string | null = null, request = 'GET /api/v1/chat/conversations') =>
    rawRequest(app.url, [
      `${request} HTTP/1.1`, 'connection: close', ...(host === null ? [] : [`host: ${host.replace('PORT', String(port))}`]),
      ...(origin === null ? [] : [`origin: ${origin.replace('PORT', String(port))}`]),
    ])
  return { app, ask }
}

test('[S09] the service answers under its own names and its own port', async (t) => {
  const { ask } = await startLocal(t)
  for (const host of ['localhost:PORT', '127.0.0.1:PORT', '[::1]:PORT', 'LocalHost:PORT', 'localhost:5173']) assert.equal((await ask(host)).status, 200, host)
})

test('[S09] another name, another port or none is a wrong host on every route, the page and the metrics too', async (t) => {
  const { ask } = await startLocal(t)
  const hosts = [null, '', 'evil.example:PORT', 'localhost', '127.0.0.1', 'localhost:1', 'localhost.evil.example:PORT', 'localhost.:PORT', '127.0.0.1.evil.example', '127.0.0.2:PORT', 'a@localhost:PORT', '[::1', '::1:PORT']
  for (const host of hosts) {
    const { status, body } = await ask(host)
    assert.deepEqual([status, body.code], [421, 'wrong_host'], String(host))
  }
  for (const route of ['/', '/chat', '/chat/c_1', '/api/health', '/readyz', '/metrics', '/openapi.json', '/nothing', '/api/v1/agents', '/assets/x.js']) {
    assert.equal((await ask('evil.example:PORT', null, `GET ${route}`)).status, 421, route)
  }
})

test('[S07] a page of ours may call, and so may a client without an Origin', async (t) => {
  const { ask } = await startLocal(t)
  for (const origin of [null, 'http://localhost:PORT', 'http://127.0.0.1:PORT', 'http://[::1]:PORT', 'http://localhost:5173']) {
    assert.equal((await ask('127.0.0.1:PORT', origin)).status, 200, String(origin))
  }
})

test('[S07] a page from elsewhere may not, whatever its Origin looks like, and changes nothing', async (t) => {
  const { app, ask } = await startLocal(t)
  const origins = ['null', 'http://evil.example', 'http://localhost:3000', 'http://localhost', 'https://localhost:PORT', 'http://localhost:PORT.evil.example', 'http://evil.localhost:PORT', 'http://localhost:PORT/', 'file://', '']
  for (const origin of origins) {
    const read = await ask('localhost:PORT', origin)
    const written = await ask('localhost:PORT', origin, 'POST /api/v1/chat/conversations')
    assert.deepEqual([read.status, read.body.code], [403, 'origin_not_allowed'], origin)
    assert.equal(written.status, 403, origin)
    assert.deepEqual(Object.keys(read.headers).filter((name) => name.startsWith('access-control')), [])
  }
  assert.equal((await app.app.turns.store.listConversations({ tenantId: 'local', userId: 'local' }, { page: 1, perPage: 10, archived: false })).total, 0)
})

test('[S09] a wrong host is refused before the body is read', async (t) => {
  const { ask } = await startLocal(t)
  assert.equal((await ask('evil.example', null, 'POST /api/v1/chat/conversations')).status, 421)
})

test('whoever is local is one user, in the language their client asks for, without limits', async () => {
  const identity = localIdentity({ host: '::1', port: () => 8080, allowedOrigins: [] })
  const credentials = { host: '[::1]:8080', origin: null, bearer: null, cookie: null, acceptLanguage: 'fr' }
  assert.deepEqual(await identity.identify(credentials), { user: { tenantId: 'local', userId: 'local', language: 'fr' } })
  assert.equal(identity.limitsUsers, false)
})

test('the usual port need not be named, and a configured loopback host is one of ours', async () => {
  const identity = localIdentity({ host: '127.0.0.5', port: () => 80, allowedOrigins: [] })
  const ask = async (host: string, origin: string | null = null) => Object.keys(await identity.identify({ host, origin, bearer: null, cookie: null, acceptLanguage: null }))[0]
  assert.equal(await ask('127.0.0.5'), 'user')
  assert.equal(await ask('localhost:80'), 'user')
  assert.equal(await ask('localhost', 'http://localhost'), 'user')
  assert.equal(await ask('localhost:8080'), 'refused')
})

test('while the port is not known, an Origin must be exactly the host that was asked', async () => {
  const identity = localIdentity({ host: '127.0.0.1', port: () => 0, allowedOrigins: [] })
  const ask = async (host: string, origin: string) => Object.keys(await identity.identify({ host, origin, bearer: null, cookie: null, acceptLanguage: null }))[0]
  assert.equal(await ask('localhost:4000', 'http://localhost:4000'), 'user')
  assert.equal(await ask('localhost:4000', 'http://localhost:3000'), 'refused')
})

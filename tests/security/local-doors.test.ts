/** Whoever reaches a local service is its user: so a page from elsewhere, or a name bound to this address, must not reach it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { localApp } from './local-app.ts'
import { rawExchange, upgradeLines } from './raw-exchange.ts'

const local = localApp()
const owner = { tenantId: 'local', userId: 'local' }

/** PORT stands for the real one. */
const withPort = (text: string) => text.replaceAll('PORT', String(local().port))
const ask = (target: string, headers: readonly string[], method = 'GET', body = '') =>
  rawExchange(local().port, [`${method} ${withPort(target)} HTTP/1.1`, ...headers.map(withPort), 'Connection: close'], body)
const upgrade = (target: string, headers: readonly string[]) => rawExchange(local().port, upgradeLines(withPort(target), headers.map(withPort)))

const pages = ['/', '/chat', '/chat/c_1', '/assets/page.js', '/metrics', '/readyz', '/openapi.json', '/api/health', '/nothing'] as const
const apis = ['/api/v1/agents', '/api/v1/chat/conversations', '/api/chat/conversations', '/api/v1/chat/turns/t_1/events'] as const
const sockets = ['/ws/v2/chat', '/ws/session-1'] as const

const conversations = async () => (await local().app.turns.store.listConversations(owner, { page: 1, perPage: 1, archived: false })).total

/** What a name server, a page or a broken client may put where the name belongs. */
const wrongHosts: Readonly<Record<string, readonly string[]>> = {
  'of another site': ['Host: evil.test'],
  'of another site with our port': ['Host: evil.test:PORT'],
  'that only begins as ours': ['Host: 127.0.0.1.evil.test:PORT'],
  'that only begins as ours, by name': ['Host: localhost.evil.test:PORT'],
  'that only ends as ours': ['Host: evil-localhost:PORT'],
  'below ours': ['Host: evil.localhost:PORT'],
  'with somebody in front': ['Host: localhost:PORT@evil.test'],
  'with somebody in front of ours': ['Host: evil.test@localhost:PORT'],
  'of ours at another port': ['Host: localhost:1'],
  'of ours without its port': ['Host: localhost'],
  'that is missing': [],
  'that is empty': ['Host:'],
  'of another loopback address': ['Host: 127.1.2.3:PORT'],
  'of this address, written as a number': ['Host: 2130706433:PORT'],
  'of every address': ['Host: 0.0.0.0:PORT'],
  'of ours and then another': ['Host: localhost:PORT', 'Host: evil.test'],
  'of another and then ours': ['Host: evil.test', 'Host: localhost:PORT'],
  'of ours twice': ['Host: localhost:PORT', 'Host: localhost:PORT'],
}
for (const [what, headers] of Object.entries(wrongHosts)) {
  test(`[S09] a Host ${what} reaches no page, no route and no socket`, async () => {
    const answers = await Promise.all([...pages, ...apis].map(async (target) => [target, (await ask(target, headers)).status]))
    const upgraded = await Promise.all(sockets.map(async (target) => [target, (await upgrade(target, headers)).status]))
    assert.deepEqual([...answers, ...upgraded], [...pages, ...apis, ...sockets].map((target) => [target, 421]))
    assert.equal((await ask('/api/v1/chat/conversations', [...headers, 'Content-Type: application/json', 'Content-Length: 2'], 'POST', '{}')).status, 421)
    assert.equal(await conversations(), 0)
  })
}

test('[S09] an address that names a host names ours, and the same as its Host', async () => {
  for (const [target, host] of [['http://evil.test/api/v1/agents', 'localhost:PORT'], ['http://localhost:PORT/api/v1/agents', 'evil.test'], ['http://evil.test/api/v1/agents', 'evil.test']] as const) {
    assert.equal((await ask(target, [`Host: ${host}`])).status, 421, `${target} at ${host}`)
    assert.equal((await upgrade(target.replace('/api/v1/agents', '/ws/v2/chat'), [`Host: ${host}`])).status, 421)
  }
  assert.equal((await ask('http://localhost:PORT/api/v1/agents', ['Host: localhost:PORT'])).status, 200)
})

test('[S09] every name of ours is answered, on sockets too', async () => {
  for (const host of ['localhost:PORT', '127.0.0.1:PORT', '[::1]:PORT', 'LOCALHOST:PORT']) {
    assert.equal((await ask('/api/v1/agents', [`Host: ${host}`])).status, 200, host)
    for (const target of sockets) assert.equal((await upgrade(target, [`Host: ${host}`])).status, 101, host)
  }
})

const foreignOrigins = [
  'null', 'http://evil.test', 'http://localhost', 'http://localhost:1', 'https://localhost:PORT', 'http://localhost:PORT.evil.test', 'http://evil.localhost:PORT',
  'http://127.0.0.1.evil.test:PORT', 'http://evil.test#localhost:PORT', 'http://localhost:PORT@evil.test', 'http://localhost:PORT/', 'http://localhost:5173', 'file://',
  'ws://localhost:PORT', 'chrome-extension://localhost:PORT', 'HTTP://LOCALHOST:PORT ,http://evil.test', '',
] as const
for (const origin of foreignOrigins) {
  test(`[S07] a page at ${origin === '' ? 'an empty origin' : origin} gets no socket, no stream and no answer, and changes nothing`, async () => {
    const headers = ['Host: localhost:PORT', `Origin: ${origin}`]
    for (const target of sockets) {
      const refused = await upgrade(target, headers)
      assert.equal(refused.status, 403, target)
      assert.match(refused.body, /origin_not_allowed/)
      assert.match(refused.head, /content-security-policy: default-src 'none'/)
      assert.doesNotMatch(refused.head, /sec-websocket-accept|access-control/)
    }
    for (const target of apis) assert.equal((await ask(target, headers)).status, 403, target)
    for (const [type, body] of [['application/json', '{"title":"Mine"}'], ['text/plain', '{"title":"Mine"}'], ['application/x-www-form-urlencoded', 'title=Mine']] as const) {
      const answer = await ask('/api/v1/chat/conversations', [...headers, `Content-Type: ${type}`, `Content-Length: ${body.length}`], 'POST', body)
      assert.equal(answer.status, 403, type)
    }
    assert.equal(await conversations(), 0)
  })
}

test('[S07] two Origins are none of ours, whichever comes first', async () => {
  for (const origins of [['http://localhost:PORT', 'http://evil.test'], ['http://evil.test', 'http://localhost:PORT']]) {
    const headers = ['Host: localhost:PORT', ...origins.map((origin) => `Origin: ${origin}`)]
    for (const target of sockets) assert.equal((await upgrade(target, headers)).status, 403)
    assert.equal((await ask('/api/v1/agents', headers)).status, 403)
  }
})

test('[S07] a page of ours, and a client that has no page, get a socket', async () => {
  for (const origin of [[], ['Origin: http://localhost:PORT'], ['Origin: http://127.0.0.1:PORT']]) {
    for (const target of sockets) assert.equal((await upgrade(target, ['Host: localhost:PORT', ...origin])).status, 101)
  }
})

test('[S08] a preflight is promised nothing', async () => {
  for (const origin of ['http://evil.test', 'http://localhost:PORT']) {
    const headers = ['Host: localhost:PORT', `Origin: ${origin}`, 'Access-Control-Request-Method: POST', 'Access-Control-Request-Headers: content-type, authorization', 'Access-Control-Request-Private-Network: true']
    for (const target of [...pages, ...apis, ...sockets]) {
      const { status, head } = await ask(target, headers, 'OPTIONS')
      assert.equal(status, 404, target)
      assert.doesNotMatch(head, /access-control|allow:/)
    }
  }
})

test('[S08] what a form can send is not read, wherever it comes from', async () => {
  const bodies = [['text/plain', '{"title":"Mine"}'], ['application/x-www-form-urlencoded', 'title=Mine'], ['multipart/form-data; boundary=x', '--x--'], ['', '{"title":"Mine"}'], ['application/json, text/plain', '{}']] as const
  for (const origin of [[], ['Origin: http://localhost:PORT']]) {
    for (const [type, body] of bodies) {
      const headers = ['Host: localhost:PORT', ...origin, ...(type === '' ? [] : [`Content-Type: ${type}`]), `Content-Length: ${body.length}`]
      assert.equal((await ask('/api/v1/chat/conversations', headers, 'POST', body)).status, 415, type)
    }
  }
  assert.equal(await conversations(), 0)
})

test('[W08] another method is not slipped in beside the one that was asked', async () => {
  const headers = ['Host: localhost:PORT', 'X-HTTP-Method-Override: DELETE', 'X-HTTP-Method: DELETE', 'X-Method-Override: POST']
  assert.equal((await ask('/api/v1/chat/conversations?_method=POST', headers)).status, 422)
  assert.equal((await ask('/api/v1/chat/conversations', headers)).status, 200)
  assert.equal(await conversations(), 0)
})

test('a client that offers HTTP/2 in passing is answered in HTTP/1.1', async () => {
  const { status, body } = await rawExchange(local().port, ['GET /api/health HTTP/1.1', withPort('Host: localhost:PORT'), 'Connection: Upgrade, HTTP2-Settings, close', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA'])
  assert.equal(status, 200)
  assert.match(body, /Parley is running/)
})

test('an upgrade is only for sockets, and only where they are', async () => {
  for (const target of ['/api/health', '/api/v1/chat/conversations', '/ws/', '/ws', '/ws/a/b', '/ws/%00', '/ws/%zz', `/ws/${'x'.repeat(129)}`, '/chat']) {
    assert.equal((await upgrade(target, ['Host: localhost:PORT'])).status, 404, target)
  }
})

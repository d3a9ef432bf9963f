import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startApp } from '../support/start-app.ts'

const policy = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "font-src 'self'", "connect-src 'self'", "manifest-src 'self'", "frame-src 'self'",
  "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", 'trusted-types lit-html dompurify parley',
].join('; ')

test('[S15] every kind of response carries the whole set of headers', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const authorization = `Bearer ${ada.token}`
  const { body: conversation } = await ada.call('POST', '/api/v1/chat/conversations', {})
  const sent = await ada.call('POST', `/api/v1/chat/conversations/${conversation.id}/messages`, { content: 'Hello', model: 'openai/sim-t2', stream: true })
  const kinds: readonly (readonly [path: string, status: number, init?: RequestInit])[] = [
    ['/api/health', 200], ['/readyz', 200], ['/metrics', 200], ['/openapi.json', 200], ['/', 302], ['/chat', 503], ['/nothing', 404], ['/%zz', 400],
    ['/api/v1/agents', 200, { headers: { authorization } }],
    ['/api/v1/agents', 401],
    [sent.body.events, 200, { headers: { authorization } }],
    ['/api/v1/chat/conversations', 415, { method: 'POST', body: 'x', headers: { authorization } }],
    ['/api/v1/chat/conversations', 422, { method: 'POST', body: '[]', headers: { authorization, 'content-type': 'application/json' } }],
    [`/api/v1/chat/conversations/${conversation.id}`, 204, { method: 'DELETE', headers: { authorization } }],
  ]
  for (const [path, status, init] of kinds) {
    const response = await fetch(app.url + path, { redirect: 'manual', ...init })
    await response.text()
    const name = `${init?.method ?? 'GET'} ${path}`
    assert.equal(response.status, status, name)
    assert.equal(response.headers.get('content-security-policy'), policy, name)
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff', name)
    assert.equal(response.headers.get('referrer-policy'), 'no-referrer', name)
    assert.equal(response.headers.get('cross-origin-opener-policy'), 'same-origin', name)
    assert.equal(response.headers.get('cross-origin-resource-policy'), 'same-origin', name)
    assert.match(response.headers.get('permissions-policy')!, /camera=\(\)/, name)
    if (path !== '/chat') assert.equal(response.headers.get('cache-control'), 'no-store', name)
    assert.match(response.headers.get('x-request-id')!, /^f_[0-9A-Z]{26}$/, name)
    assert.deepEqual([...response.headers.keys()].filter((header) => header.startsWith('access-control') || header === 'x-powered-by' || header === 'server'), [], name)
  }
})

test('each request has an id of its own, whatever id it brings', async (t) => {
  const app = await startApp(t)
  const ids = await Promise.all(Array.from({ length: 20 }, async () => (await fetch(`${app.url}/api/health`, { headers: { 'x-request-id': 'mine', 'request-id': 'mine' } })).headers.get('x-request-id')))
  assert.equal(new Set(ids).size, 20)
  assert.equal(ids.includes('mine'), false)
})

test('[S15] the frame of diagrams has a policy of its own: no origin, nothing from elsewhere, and only in our page', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-page-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const path of ['frames', 'assets']) mkdirSync(join(folder, path))
  writeFileSync(join(folder, 'index.html'), '<!doctype html>')
  writeFileSync(join(folder, 'frames/diagram.html'), '<!doctype html><script defer src="/assets/diagram-1.js"></script>')
  for (const name of ['diagram-1.js', 'mermaid.tiny-1.js', 'index-1.js']) writeFileSync(join(folder, 'assets', name), '')
  const app = await startApp(t, { environment: { PARLEY_BASE_PATH: '/parley' }, overrides: { pageDirectory: folder } })
  const frame = await fetch(`${app.url}/frames/diagram`)
  const resourcePolicy = async (name: string) => (await fetch(`${app.url}/assets/${name}`)).headers.get('cross-origin-resource-policy')

  assert.equal(frame.status, 200)
  assert.equal(
    frame.headers.get('content-security-policy'),
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts",
  )
  assert.equal(frame.headers.get('x-content-type-options'), 'nosniff')
  assert.match(await frame.text(), /src="\/parley\/assets\/diagram-1\.js"/)
  assert.equal((await fetch(`${app.url}/frames/diagram.html`)).status, 404)
  assert.deepEqual(await Promise.all(['diagram-1.js', 'mermaid.tiny-1.js', 'index-1.js'].map(resourcePolicy)), ['cross-origin', 'cross-origin', 'same-origin'])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startApp } from '../support/start-app.ts'
import type { Store } from '../../server/store/store.ts'

test('health answers as long as the process does, to anyone', async (t) => {
  const app = await startApp(t)
  const response = await fetch(`${app.url}/api/health`)
  assert.equal(response.status, 200)
  assert.deepEqual(await response.json(), { status: 'ok', message: 'Parley is running.' })
  assert.equal((await fetch(`${app.url}/api/health`, { method: 'HEAD' })).status, 200)
})

test('[R04] readiness shows on this machine that every commit is on disk', async (t) => {
  const app = await startApp(t)
  const response = await fetch(`${app.url}/readyz`)
  assert.equal(response.status, 200)
  assert.deepEqual(await response.json(), { status: 'ready', parts: { store: { ok: true, engine: 'sqlite', durability: 'FULL' }, draining: false } })
})

test('readiness shows its parts to nobody else', async (t) => {
  const app = await startApp(t)
  const response = await fetch(`${app.url}/readyz`, { headers: { 'x-forwarded-for': '203.0.113.9' } })
  assert.deepEqual(await response.json(), { status: 'ready' })
})

for (const [what, check, reason] of [
  ['fails', () => Promise.reject(new Error('gone')), 'store_unavailable'],
  ['hangs', () => new Promise<never>(() => {}), 'timeout'],
] as const) {
  test(`a store that ${what} makes the service not ready within a second or so, for every probe`, async (t) => {
    let checks = 0
    const store = (real: Store): Store => new Proxy(real, { get: (target, name) => (name === 'check' ? () => (checks++, check()) : Reflect.get(target, name, target)) })
    const app = await startApp(t, { overrides: { store } })
    const began = performance.now()

    const answers = await Promise.all(Array.from({ length: 5 }, async () => (await fetch(`${app.url}/readyz`)).json()))

    for (const answer of answers) assert.deepEqual(answer, { status: 'not_ready', parts: { store: { ok: false, reason }, draining: false } })
    assert.ok(performance.now() - began < 3000)
    if (what === 'hangs') assert.equal(checks, 1)
  })
}

test('a service that drains is not ready and still healthy', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const { body } = await ada.call('POST', '/api/v1/chat/conversations', {})
  await ada.call('POST', `/api/v1/chat/conversations/${body.id}/messages`, { content: 'Hold', model: 'openai/sim-t3-hold1', stream: true })
  const drained = app.app.drain(5000)

  const ready = await fetch(`${app.url}/readyz`)
  const health = await fetch(`${app.url}/api/health`)

  assert.equal(ready.status, 503)
  assert.equal((await ready.json()).parts.draining, true)
  assert.equal(health.status, 200)
  app.provider.release('sim-t3-hold1')
  await drained
})

test('metrics are open on this machine', async (t) => {
  const app = await startApp(t)
  const response = await fetch(`${app.url}/metrics`)
  assert.equal(response.status, 200)
  assert.match(response.headers.get('content-type')!, /^text\/plain/)
  assert.match(await response.text(), /^websocket_connections_active 0$/m)
})

test('metrics asked for from elsewhere need the token, in full', async (t) => {
  const app = await startApp(t, { environment: { PARLEY_METRICS_TOKEN: 'a-long-enough-token-for-metrics' } })
  const statusWith = async (authorization?: string) =>
    (await fetch(`${app.url}/metrics`, { headers: new Headers({ 'x-forwarded-for': '203.0.113.9', ...(authorization !== undefined && { authorization }) }) })).status
  assert.equal(await statusWith('Bearer a-long-enough-token-for-metrics'), 200)
  for (const wrong of [undefined, 'Bearer a-long-enough-token-for-metric', 'Bearer x', 'Basic a-long-enough-token-for-metrics', 'a-long-enough-token-for-metrics']) {
    assert.equal(await statusWith(wrong), 401, String(wrong))
  }
})

test('without a token metrics are for this machine only', async (t) => {
  const app = await startApp(t)
  const response = await fetch(`${app.url}/metrics`, { headers: { forwarded: 'for=203.0.113.9', authorization: 'Bearer null' } })
  assert.equal(response.status, 401)
})

test('a request is one line with its id, and holds no address, token or text', async (t) => {
  const app = await startApp(t)
  const ada = app.signIn('ada@acme')
  const { body, headers } = await ada.call('POST', '/api/v1/chat/conversations?page=canary-query', { title: 'canary-title' })
  assert.equal(body.title, 'canary-title')

  const line = app.lines.map((text) => JSON.parse(text)).find((entry) => entry.msg === 'request')

  assert.equal(line.requestId, headers.get('x-request-id'))
  assert.match(line.requestId, /^f_[0-9A-Z]{26}$/)
  assert.deepEqual([line.method, line.route, line.status], ['POST', '/api/v1/chat/conversations', 201])
  assert.equal(app.lines.join('').includes('canary'), false)
  assert.equal(app.lines.join('').includes('ada@acme'), false)
})

test('agents are listed with the model that would answer now, in the user’s language', async (t) => {
  const app = await startApp(t)
  const english = await app.signIn('ada@acme').call('GET', '/api/v1/agents')
  const french = await app.signIn('ada@acme', { language: 'fr' }).call('GET', '/api/v1/agents?per_page=1&page=2')

  assert.deepEqual(english.body.data.map((agent: any) => [agent.id, agent.model, agent.built_in]), [['AnimA', 'openai/gpt-4o-mini', true], ['Neo', 'openai/gpt-4o-mini', true], ['Nexus', 'openai/gpt-4o-mini', true]])
  assert.equal(french.body.data.length, 1)
  assert.equal(french.body.data[0].id, 'Neo')
  assert.notEqual(french.body.data[0].description, english.body.data[1].description)
})

test('without a provider no agent names a model', async (t) => {
  const app = await startApp(t, { withProvider: false })
  const { body } = await app.signIn('ada@acme').call('GET', '/api/v1/agents')
  assert.deepEqual(body.data.map((agent: any) => agent.model), [null, null, null])
})

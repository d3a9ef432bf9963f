/** What each provider's refusals mean. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { test } from 'node:test'
import { retryAfter } from '../../server/models/provider-failures.ts'
import { adapters, google, hear, startProvider } from './ask.ts'

const statuses = [
  ['sim-e302', 'provider_rejected', null],
  ['sim-e400', 'provider_rejected', null],
  ['sim-e401', 'provider_refused_key', null],
  ['sim-e403', 'provider_refused_key', null],
  ['sim-e404', 'provider_rejected', null],
  ['sim-e408', 'provider_overloaded', null],
  ['sim-e413', 'provider_rejected', null],
  ['sim-e422', 'provider_rejected', null],
  ['sim-e429', 'provider_rate_limited', null],
  ['sim-e429-ra7', 'provider_rate_limited', 7000],
  ['sim-e500', 'provider_overloaded', null],
  ['sim-e503-ra0', 'provider_overloaded', 0],
  ['sim-e529', 'provider_overloaded', null],
  ['sim-e599', 'provider_overloaded', null],
] as const

for (const adapter of adapters) {
  test(`${adapter.name}: each HTTP status has its meaning, and nobody asks again by themselves`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)
    for (const [place, [name, code, retryAfterMs]] of statuses.entries()) {
      const answer = await hear(model(name))

      assert.equal(answer.parts.length, 1, name)
      const status = Number(/\d{3}/.exec(name)?.[0])
      assert.deepEqual(answer.failure, { code, status, retryAfterMs, detail: `HTTP ${status}` }, name)
      assert.equal(simulator.calls.length, place + 1, name)
    }
  })

  test(`${adapter.name}: Retry-After may be a date, and one that is past means now`, async (t) => {
    const { model } = await startProvider(t, adapter)

    const soon = await hear(model('sim-e429-rad30'))
    const past = await hear(model('sim-e429-rad0'))

    assert.ok(soon.failure!.retryAfterMs! > 20_000 && soon.failure!.retryAfterMs! <= 30_000, `${soon.failure!.retryAfterMs}`)
    assert.equal(past.failure!.retryAfterMs, 0)
  })

  test(`${adapter.name}: nobody listening is provider_unreachable`, async (t) => {
    const server = createTcpServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    const providers = adapter.open()
    t.after(() => providers[Symbol.asyncDispose]())

    const answer = await hear(providers.connect({ id: 'gone', key: 'k', baseUrl: `http://127.0.0.1:${port}` })('any'))

    assert.deepEqual(answer.failure, { code: 'provider_unreachable', status: null, retryAfterMs: null, detail: 'no answer: ECONNREFUSED' })
  })
}

/** A provider that answers every request with this. */
async function answeringWith(t: { after(end: () => void): void }, status: number, body: string, type = 'application/json'): Promise<string> {
  const server = createServer((request, response) => request.resume().once('end', () => response.writeHead(status, { 'content-type': type }).end(body))).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('Google answers 400 to a key that it does not know, and its body says so', async (t) => {
  const body = { error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT', details: [{ '@type': 'ErrorInfo', reason: 'API_KEY_INVALID' }] } }
  const providers = google.open()
  t.after(() => providers[Symbol.asyncDispose]())

  const answers = []
  for (const text of [JSON.stringify(body), JSON.stringify([body]), 'no JSON', '']) {
    answers.push(await hear(providers.connect({ id: 'google', key: 'k', baseUrl: await answeringWith(t, 400, text) })('any')))
  }

  assert.deepEqual(answers.map(({ failure }) => failure?.code), ['provider_refused_key', 'provider_refused_key', 'provider_rejected', 'provider_rejected'])
})

for (const adapter of adapters) {
  test(`[R15] ${adapter.name}: an error without end, and a web page, are failures within bounds`, async (t) => {
    const providers = adapter.open()
    t.after(() => providers[Symbol.asyncDispose]())
    const ask = async (status: number, body: string, type: string) =>
      hear(providers.connect({ id: 'odd', key: null, baseUrl: await answeringWith(t, status, body, type) })('any'))

    assert.equal((await ask(500, 'x'.repeat(8_000_000), 'text/plain')).failure?.code, 'provider_overloaded')
    assert.equal((await ask(200, '<!doctype html>', 'text/html')).failure?.code, 'provider_malformed')
    for (const text of ['{}', 'null', '[]', '"text"', '{"choices":', '5']) assert.equal((await ask(200, text, 'application/json')).failure?.code, 'provider_malformed', text)
  })
}

test('Retry-After is read as milliseconds, seconds or a date, and nonsense is null', () => {
  const now = Date.UTC(2026, 10, 20, 12)
  assert.equal(retryAfter({ 'retry-after-ms': '250', 'retry-after': '9' }, now), 250)
  assert.equal(retryAfter({ 'retry-after': '1.5' }, now), 1500)
  assert.equal(retryAfter({ 'retry-after': 'Fri, 20 Nov 2026 12:01:00 GMT' }, now), 60_000)
  assert.equal(retryAfter({ 'retry-after': 'Fri, 20 Nov 2026 11:00:00 GMT' }, now), 0)
  for (const nonsense of ['soon', '-5', '', undefined]) assert.equal(retryAfter({ 'retry-after': nonsense }, now), null)
})

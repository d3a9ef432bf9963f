import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { createLogger } from '../../server/telemetry/logger.ts'
import { startApp, type TestApp } from '../support/start-app.ts'
import { testIdentity } from '../support/test-identity.ts'
import { routeRows } from './access-table.ts'
import { traceOf } from './canaries.ts'
import { WireClient } from './wire-client.ts'

/** None of them looks like a key, so that only what a field is, and not how its value looks, can keep it out. */
const canaries = {
  providerKey: 'qv7Kp2mX9dRw4Tz8LbNf3HsYc6GjEa1U',
  metricsToken: 'Zr5Wb8Qk1Xc6Nm3Tp9Ld2Gf7Hs4Jv0Ya',
  bearer: 'adaqwzxkvjbpfmhd@acmeylrtgnwq',
  wrongBearer: 'Nw4Zk8Rb2Vx6Tq1Mc9Pf5Lj7Hd3Gs0Yt',
  suspendedBearer: 'suevbnqkzrtplmx@acmeylrtgnwq',
  cookie: 'session=Hc8Vn2Xq6Bz4Wm1Kt9Rp5Lf7Jd3Gs0Ya',
  apiKeyHeader: 'Tb6Yx1Nk9Vq3Zw7Mf5Rc2Lp8Hj4Gd0Sa',
  addressToken: 'Kx3Wn7Bq1Zv5Tm9Rf2Lc6Pj8Hd4Gs0Ya',
  basicPassword: 'Mq8Tz3Vk6Xn1Wb5Rf9Lc2Pj7Hd4Gs0Ya',
  proxyPassword: 'Vw2Nk7Zq4Xb9Tm1Rf6Lc3Pj8Hd5Gs0Ya',
  authToken: 'Bk5Xn9Wq2Zv7Tm4Rf1Lc8Pj3Hd6Gs0Ya',
  forwarded: 'Qn1Xk8Wb3Zv6Tm9Rf4Lc7Pj2Hd5Gs0Ya',
  userAgent: 'Zn6Xk1Wq8Bv3Tm7Rf5Lc9Pj4Hd2Gs0Ya',
  lastEvent: 'Wn4Xk9Bq6Zv1Tm3Rf8Lc5Pj7Hd2Gs0Ya',
  subprotocolToken: 'Xn7Wk2Bq9Zv4Tm6Rf3Lc1Pj5Hd8Gs0Ya',
  frameToken: 'Kn9Xw4Bq1Zv8Tm2Rf7Lc6Pj3Hd5Gs0Ya',
  searchText: 'the heron ledgers hidden below an orchard of cobalt',
  question: 'the cobalt heron buried nineteen ledgers beneath the orchard',
  title: 'a violet tractor crossed the frozen estuary at dusk',
  answer: 'seven porcelain foxes recited the forbidden almanac aloud',
  refusedText: 'an amber glacier whispered nine unlisted account numbers',
} as const

const authorization = `Bearer ${canaries.bearer}`
const chat = '/api/v1/chat'

async function start(t: TestContext): Promise<{ readonly app: TestApp; readonly lines: string[]; readonly outside: string[] }> {
  const lines: string[] = []
  const secrets = [canaries.providerKey, canaries.metricsToken]
  const logger = createLogger({ level: 'trace', secrets, destination: { write: (line) => void lines.push(line) } })
  const app = await startApp(t, {
    environment: { OPENAI_API_KEY: canaries.providerKey, PARLEY_METRICS_TOKEN: canaries.metricsToken, PARLEY_USER_REQUESTS: '1000000', PARLEY_USER_SENDS: '1000000', PARLEY_USER_TURNS: '1000' },
    overrides: { logger, identity: testIdentity({ suspended: new Set([canaries.suspendedBearer]) }) },
  })
  return { app, lines, outside: [] }
}

/** Everything in one request that could be written down somewhere. */
async function ask(app: TestApp, method: string, path: string, init: { readonly body?: string; readonly type?: string; readonly authorization?: string } = {}): Promise<string> {
  const query = `${path.includes('?') ? '&' : '?'}token=${canaries.addressToken}&access_token=${encodeURIComponent(canaries.addressToken)}`
  const response = await fetch(app.url + path + (init.authorization === undefined ? '' : query), {
    method, redirect: 'manual',
    headers: {
      authorization: init.authorization ?? authorization, cookie: canaries.cookie, 'x-api-key': canaries.apiKeyHeader, 'x-forwarded-for': '203.0.113.7',
      'proxy-authorization': `Basic ${canaries.proxyPassword}`, 'x-auth-token': canaries.authToken, forwarded: `for=${canaries.forwarded}`, 'user-agent': canaries.userAgent, 'last-event-id': canaries.lastEvent,
      referer: `http://localhost/?token=${canaries.addressToken}`, ...(init.body !== undefined && { 'content-type': init.type ?? 'application/json' }),
    },
    ...(init.body !== undefined && { body: init.body }),
  })
  return response.text()
}

/** A question to each of these: answered, refused by the provider in words that quote key and question, cut, broken, too long. */
const models = [
  'sim-s1', 'sim-t5-think', 'sim-e401', 'sim-e400', 'sim-e429-ra0', 'sim-e500', 'sim-t5-cut2', 'sim-t5-reset0', 'sim-cuthead', 'sim-t5-bad2', 'sim-t5-err2', 'sim-t5-nodone', 'sim-t5-tool', 'sim-json-t5', 'sim-e302',
  'no such model 7', '../../../etc/passwd',
] as const

async function converse(app: TestApp): Promise<readonly string[]> {
  app.provider.script('sim-s1', [canaries.answer.slice(0, 20), canaries.answer.slice(20)])
  const begun = await ask(app, 'POST', `${chat}/conversations`, { body: JSON.stringify({ title: canaries.title }) })
  const { id } = JSON.parse(begun) as { id: string }
  const path = `${chat}/conversations/${id}/messages`
  for (const model of models) await ask(app, 'POST', path, { body: JSON.stringify({ content: canaries.question, model: `openai/${model}` }) })
  const conflict = JSON.stringify({ content: canaries.question, model: 'openai/sim-s1', client_message_id: 'one' })
  await ask(app, 'POST', path, { body: conflict })
  await ask(app, 'POST', path, { body: conflict.replace('cobalt', 'scarlet') })
  await ask(app, 'GET', `${chat}/conversations?search=${encodeURIComponent(canaries.searchText)}`)
  await ask(app, 'GET', path)
  await ask(app, 'PATCH', `${chat}/conversations/${id}`, { body: JSON.stringify({ title: canaries.title.toUpperCase() }) })
  return [id]
}

/** What is refused, and why. */
async function beRefused(app: TestApp): Promise<readonly string[]> {
  const text = canaries.refusedText
  const bodies: readonly (readonly [body: string, type?: string])[] = [
    [`{"title":"${text}`], [`${text}`], [`{"title":"${text}"}`, 'text/plain'], [JSON.stringify({ [text]: 1 })], [JSON.stringify({ title: [text] })],
    [JSON.stringify({ title: text.repeat(9) })], [JSON.stringify({ agent_id: text })], ['['.repeat(99) + text], [JSON.stringify({ title: text.repeat(30_000) })],
  ]
  const answers = await Promise.all(bodies.map(([body, type]) => ask(app, 'POST', `${chat}/conversations`, { body, ...(type !== undefined && { type }) })))
  for (const name of Object.keys(routeRows)) {
    const [method = '', path = ''] = name.split(' ')
    const url = path.replace('{chat}', chat).replace(/:id|\*/, encodeURIComponent(text))
    const body = method === 'POST' || method === 'PATCH' ? '{}' : undefined
    for (const authorization of [...[canaries.bearer, canaries.wrongBearer, canaries.suspendedBearer].map((bearer) => `Bearer ${bearer}`), `Basic ${canaries.basicPassword}`]) {
      answers.push(await ask(app, method, url, { authorization, ...(body !== undefined && { body }) }))
    }
  }
  return answers
}

async function useSockets(app: TestApp): Promise<readonly string[]> {
  const said: string[] = []
  for (const [path, frame] of [['/ws/v2/chat', { type: 'chat.send', data: { content: canaries.question, model: 'openai/sim-e401' } }], ['/ws/secret-session', { type: 'chat', data: { message: canaries.question, model: 'openai/sim-t5-cut2' } }]] as const) {
    for (const token of [canaries.bearer, canaries.wrongBearer, canaries.suspendedBearer]) {
      const client = await new WireClient(app.url, `${path}?token=${canaries.addressToken}`, { token, headers: { cookie: canaries.cookie, 'sec-websocket-protocol': `bearer.${canaries.subprotocolToken}` } }).opened()
      client.send(frame)
      client.sendText(`{"type":"${canaries.refusedText}`)
      client.send({ type: canaries.refusedText, data: canaries.refusedText })
      client.send({ type: 'auth', data: { token: canaries.frameToken } })
      await client.until((frames) => frames.filter(({ type }) => type.endsWith('error') || type.endsWith('failed')).length >= 3)
      said.push(JSON.stringify(client.frames))
      client.end()
    }
  }
  return said
}

test('[S25] [S05] no line of any level holds a secret or a text, or any part of one, whatever went well or wrong', async (t) => {
  const { app, lines } = await start(t)

  await converse(app)
  await beRefused(app)
  await useSockets(app)
  await app.app.turns.liveTurns.idle()

  assert.ok(lines.length > 150, `${lines.length} lines`)
  assert.ok(app.provider.calls.length > 15)
  const logged = lines.join('')
  for (const [name, canary] of Object.entries(canaries)) assert.equal(traceOf(canary, logged), null, `${name} in ${lines.find((line) => traceOf(canary, line) !== null)}`)
})

test('[S25] no answer, no receipt and no figure holds a key, a token, or what was refused', async (t) => {
  const { app } = await start(t)

  const told = [...(await converse(app)), ...(await beRefused(app)), ...(await useSockets(app))]
  const { data } = JSON.parse(await ask(app, 'GET', `${chat}/conversations`)) as { data: readonly { id: string }[] }
  const messages = JSON.parse(await ask(app, 'GET', `${chat}/conversations/${data.at(-1)!.id}/messages?per_page=100`)) as { data: readonly { turn_id: string }[] }
  for (const { turn_id: turnId } of messages.data) told.push(await ask(app, 'GET', `${chat}/turns/${turnId}/receipt`), await ask(app, 'GET', `${chat}/turns/${turnId}`))
  told.push(JSON.stringify(messages), await ask(app, 'GET', '/metrics'))

  const outside = told.join('\n')
  // Who asked may be told of their own texts, and which field there is not.
  const ownTexts = ['bearer', 'suspendedBearer', 'question', 'title', 'answer', 'refusedText']
  const secrets = Object.entries(canaries).filter(([name]) => !ownTexts.includes(name)).map(([, secret]) => secret)
  for (const secret of secrets) assert.equal(traceOf(secret, outside), null)
  const figures = told.at(-1)!
  for (const text of [canaries.question, canaries.title, canaries.answer, canaries.bearer]) assert.equal(traceOf(text, figures), null)
})

test('[S25] a secret is found in all its guises', () => {
  const secret = canaries.providerKey
  const base64 = (before: string) => Buffer.from(`${before}${secret} and more`).toString('base64')
  for (const text of [secret, secret.slice(9, 21), base64(''), base64('a'), base64('ab'), base64('abc'), Buffer.from(secret).toString('hex')]) assert.notEqual(traceOf(secret, `{"line":"${text}"}`), null, text)
  assert.notEqual(traceOf('a token@of ours, with signs', encodeURIComponent('a token@of ours, with signs')), null)
  assert.equal(traceOf(secret, secret.slice(0, 11)), null)
})

/** Every answer of every route, to everybody and in every mood, carries the headers that keep a page in its place. */
import assert from 'node:assert/strict'
import { channel } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { routeRows } from './access-table.ts'
import { rawExchange, upgradeLines } from './raw-exchange.ts'
import { rowName } from './route-matrix.ts'
import { makeThing, sharedWorld, startWorld, type World } from './world.ts'

const required: Readonly<Record<string, RegExp>> = {
  'content-security-policy': /^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self';.* frame-ancestors 'none';.* require-trusted-types-for 'script'; trusted-types lit-html dompurify parley$/,
  'x-content-type-options': /^nosniff$/,
  'referrer-policy': /^no-referrer$/,
  'cross-origin-opener-policy': /^same-origin$/,
  'cross-origin-resource-policy': /^same-origin$/,
  'permissions-policy': /camera=\(\)/,
}
/** A frame that draws what a model wrote: of no origin, and with nothing it could load or call. Its own styles are all it may. */
const framePath = /^\/frames\//
const framePolicy = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts"

const forbidden = /^(?:access-control-.*|x-powered-by|server|via|set-cookie|refresh|x-aspnet.*)$/
/** What is the same for all may be kept, files with their hash in their name for ever. */
const keepable = /^\/(?:chat|assets|frames|.*\.(?:html|svg|png|webmanifest|js)$)/

function wrongHeaders(what: string, path: string, status: number, headers: Readonly<Record<string, string>>): readonly string[] {
  const policy = headers['content-security-policy'] ?? ''
  const isFrame = framePath.test(path) && policy === framePolicy
  return [
    ...Object.entries(required).filter(([name]) => !(isFrame && name === 'content-security-policy')).filter(([name, value]) => !value.test(headers[name] ?? '')).map(([name]) => `${what} has ${name}: ${headers[name]}`),
    ...Object.keys(headers).filter((name) => forbidden.test(name)).map((name) => `${what} has ${name}`),
    ...(!isFrame && /unsafe-|\*|https?:/.test(policy) ? [`${what} has a policy with holes`] : []),
    ...(headers['cache-control'] === 'no-store' || (keepable.test(path) && status < 400) ? [] : [`${what} may be kept: ${headers['cache-control']}`]),
  ]
}

/** Every mounted route as its owner, as others, with what it takes and with what it does not. */
async function wrongAtRoutes({ app, ada, routes, ids }: World, which = /./): Promise<{ readonly answers: number; readonly findings: readonly string[] }> {
  const findings: string[] = []
  let answers = 0
  const visit = async (method: string, path: string, token: string | null, body: string | undefined, type: string) => {
    const headers = { ...(token !== null && { authorization: `Bearer ${token}` }), ...(body !== undefined && { 'content-type': type }) }
    const response = await fetch(app.url + path, { method, redirect: 'manual', headers, ...(body !== undefined && { body }) })
    await response.text()
    answers += 1
    findings.push(...wrongHeaders(`${response.status} to ${method} ${path}`, path, response.status, Object.fromEntries(response.headers)))
  }
  for (const { method, url } of routes.filter((route) => which.test(`${route.method} ${route.url}`))) {
    const thing = method === 'DELETE' ? await makeThing(ada, 'hers') : ids
    const row = routeRows[rowName(method, url)]
    const path = url.replace(/:\w+|\*/g, url.includes('/turns/') ? thing.turn : thing.conversation)
    const takes = method === 'GET' || method === 'HEAD' || method === 'DELETE' ? undefined : JSON.stringify(row?.body ?? {})
    for (const token of [null, 'nonsense', 'sue@acme', 'bob@acme']) await visit(method, path, token, takes, 'application/json')
    await visit(method, `${path}?surprise=1`, ada.token, takes, 'application/json')
    if (takes !== undefined) for (const [body, type] of [['{', 'application/json'], ['[]', 'application/json'], ['x', 'text/plain'], ['x'.repeat(1_100_000), 'application/json']] as const) await visit(method, path, ada.token, body, type)
    await visit(method, path, ada.token, takes, 'application/json')
  }
  if (which.source === '.') for (const path of ['/nothing', '/%zz', '/assets/../x', '/api/v1/nothing', `/${'x'.repeat(3000)}`]) for (const method of ['GET', 'POST', 'PUT', 'OPTIONS', 'PROPFIND']) await visit(method, path, ada.token, undefined, '')
  return { answers, findings }
}

/** What Node itself refuses, and upgrades that are. */
async function wrongBeforeRoutes({ app }: World): Promise<{ readonly answers: number; readonly findings: readonly string[] }> {
  const { port, host } = new URL(app.url)
  const requests: readonly (readonly [what: string, status: number, lines: readonly string[]])[] = [
    ['no request', 400, ['nonsense']],
    ['two lengths', 400, ['POST /api/v1/agents HTTP/1.1', `Host: ${host}`, 'Content-Length: 1', 'Content-Length: 2']],
    ['too many headers', 431, ['GET / HTTP/1.1', `Host: ${host}`, `X-Long: ${'x'.repeat(20_000)}`]],
    ['an upgrade to nothing', 404, upgradeLines('/ws/', [`Host: ${host}`])],
    ['an upgrade without a key', 400, ['GET /ws/v2/chat HTTP/1.1', `Host: ${host}`, 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13']],
    ['an upgrade to an old version', 400, upgradeLines('/ws/v2/chat', [`Host: ${host}`]).map((line) => line.replace('13', '7'))],
  ]
  const findings = await Promise.all(requests.map(async ([what, status, lines]) => {
    const answer = await rawExchange(Number(port), lines)
    const headers = Object.fromEntries(answer.head.split('\r\n').slice(1).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]))
    const wrong = answer.status === status ? [] : [`${what} was answered with ${answer.status}`]
    return [...wrong, ...wrongHeaders(what, '', answer.status, headers)]
  }))
  return { answers: requests.length, findings: findings.flat() }
}

const world = sharedWorld()

test('[S15] every answer of every mounted route carries the whole set of headers, and none that opens it', async (t) => {
  const { answers, findings } = await wrongAtRoutes(world())
  t.diagnostic(`${answers} answers of ${world().routes.length} routes`)
  assert.ok(answers > 5 * world().routes.length)
  assert.deepEqual(findings, [])
})

test('[S15] so does what is refused before there is a route, and an upgrade that is', async () => {
  const { findings } = await wrongBeforeRoutes(world())
  assert.deepEqual(findings, [])
})

test('[S15] a stream that is under way carries them from its first byte', async () => {
  const { app, ada } = world()
  const { body: { id } } = await ada.call('POST', '/api/v1/chat/conversations', {})
  const { body: sent } = await ada.call('POST', `/api/v1/chat/conversations/${id}/messages`, { content: 'Hello', model: 'openai/sim-t50-g20', stream: true })
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1')
  socket.write(`GET ${sent.events} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ada.token}\r\n\r\n`)
  const [first] = await once(socket, 'data') as [Buffer]
  socket.destroy()
  const [head = ''] = first.toString('latin1').split('\r\n\r\n')
  const headers = Object.fromEntries(head.split('\r\n').slice(1).map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]))

  assert.match(headers['content-type'] ?? '', /^text\/event-stream/)
  assert.deepEqual(wrongHeaders('the stream', '', 200, headers), [])
})

test('[S15] a server that forgets them on its errors, and one that opens its answers, are found out', async (t) => {
  const made = channel('fastify.initialization')
  const plant = (message: unknown) => {
    const { fastify } = message as { readonly fastify: FastifyInstance }
    fastify.addHook('onSend', async (request, reply) => {
      if (reply.statusCode === 404) void reply.removeHeader('content-security-policy')
      if (request.url.includes('/agents')) void reply.header('access-control-allow-origin', '*')
    })
  }
  made.subscribe(plant)
  const careless = await startWorld(t).finally(() => made.unsubscribe(plant))

  const { findings } = await wrongAtRoutes(careless, /GET .*(?:agents|turns\/:id)$/)

  assert.match(findings.join('\n'), /404 to GET .* has content-security-policy: undefined/)
  assert.match(findings.join('\n'), /agents has access-control-allow-origin/)
})

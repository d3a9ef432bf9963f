/** What stands between HTTP's lines: two requests in one, a head that never ends, a length that lies. */
import assert from 'node:assert/strict'
import { channel } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { openLocalApp } from './local-app.ts'

/** How the Node server under an app is set up; the last two are planted bugs. */
const setups = {
  ours: {},
  lenient: { insecureHTTPParser: true },
  patient: { connectionsCheckingInterval: 600_000 },
} as const

type Local = Awaited<ReturnType<typeof openLocalApp>>

const apps = new Map<keyof typeof setups, Local>()
before(async () => {
  for (const [name, setup] of Object.entries(setups) as [keyof typeof setups, object][]) {
    const plant = (message: unknown) => void Object.assign((message as { readonly fastify: FastifyInstance }).fastify.server, setup)
    channel('fastify.initialization').subscribe(plant)
    apps.set(name, await openLocalApp())
    channel('fastify.initialization').unsubscribe(plant)
  }
})
after(() => Promise.all([...apps.values()].map((app) => app.close())))

const [local, lenient, patient] = (['ours', 'lenient', 'patient'] as const).map((name) => () => apps.get(name)!) as [() => Local, () => Local, () => Local]

const owner = { tenantId: 'local', userId: 'local' }
const conversations = async ({ app }: Local) => (await app.turns.store.listConversations(owner, { page: 1, perPage: 1, archived: false })).total

/** What is smuggled behind a request that is not as it should be. */
const second = (port: number) => `POST /api/v1/chat/conversations HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`

/** HOST stands for ours. Behind each comes a whole second request. */
const halves: Readonly<Record<string, string>> = {
  'a length and pieces': 'POST /api/v1/agents HTTP/1.1\r\nHOST\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'pieces and a length': 'POST /api/v1/agents HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n',
  'two lengths': 'POST /api/v1/agents HTTP/1.1\r\nHOST\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n',
  'a list of lengths': 'POST /api/v1/agents HTTP/1.1\r\nHOST\r\nContent-Length: 0, 0\r\n\r\n',
  'a length below nothing': 'POST /api/v1/agents HTTP/1.1\r\nHOST\r\nContent-Length: -1\r\n\r\n',
  'a length with a sign': 'POST /api/v1/agents HTTP/1.1\r\nHOST\r\nContent-Length: +0\r\n\r\n',
  'a length in hexadecimal': 'POST /api/v1/agents HTTP/1.1\r\nHOST\r\nContent-Length: 0x0\r\n\r\n',
  'a length beyond numbers': `POST /api/v1/agents HTTP/1.1\r\nHOST\r\nContent-Length: ${'9'.repeat(30)}\r\n\r\n`,
  'pieces by another name': 'POST /api/v1/agents HTTP/1.1\r\nHOST\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
  'pieces, but not last': 'POST /api/v1/agents HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n',
  'pieces with a space before the colon': 'POST /api/v1/agents HTTP/1.1\r\nHOST\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n',
  'a piece that is longer than numbers': `POST /api/v1/agents HTTP/1.1\r\nHOST\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${'f'.repeat(17)}\r\n{}\r\n0\r\n\r\n`,
  'a piece without its end of line': 'POST /api/v1/agents HTTP/1.1\r\nHOST\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}XX0\r\n\r\n',
  'a header that goes on in the next line': 'GET /api/health HTTP/1.1\r\nHOST\r\nX-One: a\r\n b: c\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n',
  'a header without a name': 'GET /api/health HTTP/1.1\r\nHOST\r\n: x\r\n\r\n',
  'a NUL in a header': 'GET /api/health HTTP/1.1\r\nHOST\r\nX-One: a\0b\r\n\r\n',
  'a bare CR in a header': 'GET /api/health HTTP/1.1\r\nHOST\r\nX-One: a\rX-Two: b\r\n\r\n',
  'a space in the address': 'GET /api/health x HTTP/1.1\r\nHOST\r\n\r\n',
  'another version': 'GET /api/health HTTP/3.7\r\nHOST\r\n\r\n',
  'the beginning of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'a tunnel': 'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHOST\r\n\r\n',
}

/** Sends all of it at once, and reads until the server ends or says nothing more. */
async function exchange(port: number, text: string): Promise<readonly number[]> {
  const socket = connect(port, '127.0.0.1')
  let told = ''
  socket.on('error', () => {})
  socket.on('data', (data) => (told += data.toString('latin1')))
  socket.setTimeout(700, () => socket.destroy())
  socket.write(text)
  await once(socket, 'close')
  return [...told.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
}

async function smuggledInto(app: Local): Promise<readonly string[]> {
  const { port } = app
  const found = await Promise.all(Object.entries(halves).map(async ([what, half]) => {
    const statuses = await exchange(port, half.replace('HOST', `Host: localhost:${port}`) + second(port))
    return statuses.length > 1 || statuses.some((status) => status < 400) ? [`${what} was answered with ${statuses.join(', ')}`] : []
  }))
  const begun = await conversations(app)
  return [...found.flat(), ...(begun > 0 ? [`${begun} conversations were begun`] : [])]
}

test('[W08] a request whose end can be read in two ways is refused, and what follows on its connection is not read', async (t) => {
  t.diagnostic(`${Object.keys(halves).length} ways`)
  assert.deepEqual(await smuggledInto(local()), [])
})

test('[W08] a server that reads leniently is found out', async () => {
  assert.match((await smuggledInto(lenient())).join('\n'), /conversations were begun/)
})

test('[W08] requests sent one behind the other are answered each, in their order', async () => {
  const { port } = local()
  const asked = Array.from({ length: 200 }, (_, place) => `GET ${place % 2 === 0 ? '/api/health' : '/nothing'} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`).join('')
  const statuses = await exchange(port, asked)
  assert.deepEqual(statuses, Array.from({ length: 200 }, (_, place) => (place % 2 === 0 ? 200 : 404)))
})

test('[W08] headers that are too large, too long or too many are refused with 431, by their own end', async () => {
  const { port } = local()
  const floods = [`X: ${'x'.repeat(20_000)}`, Array.from({ length: 5000 }, (_, place) => `X${place}: y`).join('\r\n'), `Cookie: ${'a=b; '.repeat(5000)}`]
  for (const flood of floods) assert.deepEqual(await exchange(port, `GET /api/health HTTP/1.1\r\nHost: localhost:${port}\r\n${flood}\r\n\r\n`), [431])
  assert.deepEqual(await exchange(port, `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`), [431])
})

const slow = 500
/** The promise, and what a busy machine adds to it. */
const freedMs = 10_000
const slackMs = 8_000

interface Dawdling {
  /** Connections that the server still holds when it should not. */
  readonly left: number
  readonly lastMs: number
  readonly slowestMs: number
}

/** Many connections that say nothing, or a letter now and then, while somebody else asks. */
async function dawdle(port: number): Promise<Dawdling> {
  const began = performance.now()
  let lastMs = 0
  const open = new Set<Socket>()
  const dawdling: Socket[] = []
  for (let place = 0; place < slow; place++) {
    const socket = connect(port, '127.0.0.1')
    open.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      open.delete(socket)
      lastMs = performance.now() - began
    })
    if (place % 5 === 0) continue
    dawdling.push(socket)
    socket.write(`GET / HTTP/1.1\r\nHost: localhost:${port}\r\nX-Slow: `)
  }
  for (const socket of open) socket.resume()
  let slowestMs = 0
  while (open.size > 0 && performance.now() - began < freedMs + slackMs) {
    const asked = performance.now()
    await (await fetch(`http://127.0.0.1:${port}/api/health`)).text()
    slowestMs = Math.max(slowestMs, performance.now() - asked)
    for (const socket of dawdling) if (!socket.destroyed) socket.write('x')
    await sleep(500)
    if (performance.now() - began > freedMs + slackMs / 2 && open.size === slow) break
  }
  const left = open.size
  for (const socket of open) socket.destroy()
  return { left, lastMs, slowestMs }
}

describe('dawdling', { concurrency: true }, () => {
  test('[W08] 500 connections that dawdle over their headers, or say nothing, are let go within ten seconds and hold up nobody', async (t) => {
    const { left, lastMs, slowestMs } = await dawdle(local().port)
    t.diagnostic(`${slow - left} of ${slow} let go, the last after ${Math.round(lastMs)} ms; another was answered in ${Math.round(slowestMs)} ms at most`)
    assert.equal(left, 0)
    assert.ok(slowestMs < 3000, `${slowestMs} ms`)
  })

  test('[W08] a server that waits for ever is found out', async () => {
    assert.equal((await dawdle(patient().port)).left, slow)
  })
})

/** What is small on the wire and huge once it is unpacked: nothing here unpacks what comes from outside. */
import assert from 'node:assert/strict'
import { channel } from 'node:diagnostics_channel'
import { test, type TestContext } from 'node:test'
import { brotliCompressSync, createGunzip, deflateSync, gzipSync, zstdCompressSync, constants } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { WebSocketServer } from 'ws'
import { rawExchange, upgradeLines } from './raw-exchange.ts'
import { closeFrame, frame, openByHand, readClose } from './raw-socket.ts'
import { sharedWorld, startWorld, type World } from './world.ts'

const mebibyte = 1024 * 1024
const blank = Buffer.alloc(64 * mebibyte, 0x20)

const bombs: Readonly<Record<string, Buffer>> = {
  gzip: gzipSync(blank),
  br: brotliCompressSync(blank, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  deflate: deflateSync(blank),
  zstd: zstdCompressSync(blank),
}

const world = sharedWorld()
const promisedMs = 100
const late = 3

/** Each bomb at each route that takes a body: what was answered otherwise than at once and with 415, as text. */
async function unpackedBy({ app, ada, routes, ids }: World, routesAtMost = Infinity): Promise<{ readonly tried: number; readonly findings: readonly string[]; readonly most: number }> {
  const takers = routes.filter(({ options }) => options.schema?.body instanceof z.ZodType).slice(0, routesAtMost)
  const findings: string[] = []
  let most = 0
  for (const { method, url } of takers) {
    for (const [encoding, body] of Object.entries(bombs)) {
      const began = performance.now()
      const headers = { authorization: `Bearer ${ada.token}`, 'content-type': 'application/json', 'content-encoding': encoding }
      const { status } = await fetch(app.url + url.replace(':id', ids.conversation), { method, headers, body: new Uint8Array(body) })
      const took = performance.now() - began
      most = Math.max(most, took)
      if (status !== 415 && status !== 413) findings.push(`${encoding} at ${method} ${url} was answered with ${status}`)
      if (took > late * promisedMs) findings.push(`${encoding} at ${method} ${url} took ${Math.round(took)} ms`)
    }
  }
  return { tried: takers.length * Object.keys(bombs).length, findings, most }
}

test('[W04] 64 mebibytes packed into a body, by any method there is, are refused at every route before anything is unpacked', async (t) => {
  const before = process.memoryUsage()

  const { tried, findings, most } = await unpackedBy(world())

  const grown = (process.memoryUsage().arrayBuffers - before.arrayBuffers) / mebibyte
  t.diagnostic(`${tried} bombs of ${bombs['zstd']!.length} to ${bombs['deflate']!.length} bytes; the slowest refusal ${Math.round(most)} ms, ${grown.toFixed(1)} MiB more`)
  assert.ok(tried >= 20)
  assert.deepEqual(findings, [])
  assert.ok(grown < 32, `${grown} MiB more`)
})

test('[W04] a server that unpacks bodies is found out', async (t) => {
  const unpacking = await withUnpackedBodies(() => startWorld(t))

  const { findings } = await unpackedBy(unpacking, 1)

  assert.ok(findings.some((finding) => /^gzip at POST/.test(finding)), findings.join('\n'))
})

/** The planted bug: as a plugin that unpacks what comes would be registered. */
async function withUnpackedBodies<T>(start: () => Promise<T>): Promise<T> {
  const made = channel('fastify.initialization')
  const plant = (message: unknown) => {
    const { fastify } = message as { readonly fastify: FastifyInstance }
    fastify.addHook('preParsing', async (request, _reply, payload) => {
      if (request.headers['content-encoding'] !== 'gzip') return payload
      delete request.headers['content-encoding']
      delete request.headers['content-length']
      return payload.pipe(createGunzip())
    })
    // The limit of a body would end it as well: here it is as if nobody had set one.
    fastify.addHook('onRoute', (route) => void (route.bodyLimit = 256 * mebibyte))
  }
  made.subscribe(plant)
  try {
    return await start()
  } finally {
    made.unsubscribe(plant)
  }
}

const offers = ['permessage-deflate', 'permessage-deflate; server_no_context_takeover; client_max_window_bits=8', 'permessage-deflate; client_max_window_bits, x-webkit-deflate-frame', 'permessage-bzip2']

/** How each socket wire answers offers to compress, and a compressed bomb that comes nevertheless. */
async function agreedBy({ app, ada }: World): Promise<readonly string[]> {
  const findings: string[] = []
  const { host, port } = new URL(app.url)
  const packed = deflateSync(blank).subarray(2, -4)
  for (const path of ['/ws/v2/chat', '/ws/packed']) {
    for (const offer of offers) {
      const lines = upgradeLines(path, [`Host: ${host}`, `Authorization: Bearer ${ada.token}`, `Sec-WebSocket-Extensions: ${offer}`])
      const { head } = await rawExchange(Number(port), lines)
      if (head.includes('sec-websocket-extensions')) findings.push(`${path} agreed to ${offer}`)
    }
    const socket = await openByHand(app.url, path, [`Authorization: Bearer ${ada.token}`, `Sec-WebSocket-Extensions: ${offers[0]}`])
    socket.write(Buffer.concat([frame({ reserved: 4, payload: packed }), closeFrame(1000)]))
    const code = await readClose(socket)
    if (code !== 1002) findings.push(`${path} closed with ${code} on a compressed frame`)
  }
  return findings
}

test('[W04] no socket agrees to compress, so a compressed frame closes it and nothing of it is unpacked', async () => {
  assert.deepEqual(await agreedBy(world()), [])
})

test('[W04] a socket that agrees is found out', async (t: TestContext) => {
  const prototype = WebSocketServer.prototype as unknown as { handleUpgrade(...values: unknown[]): void }
  const { handleUpgrade } = prototype
  prototype.handleUpgrade = function (this: { options: { perMessageDeflate: unknown } }, ...values) {
    this.options.perMessageDeflate = {}
    handleUpgrade.apply(this, values)
  }
  t.after(() => (prototype.handleUpgrade = handleUpgrade))

  const careless = await startWorld(t)

  assert.match((await agreedBy(careless)).join('\n'), /agreed to permessage-deflate/)
})

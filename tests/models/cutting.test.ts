/** A stream without its terminator is cut, never complete. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { adapters, hear, readInPieces, startProvider } from './ask.ts'

const cuts = ['sim-t9-cut4', 'sim-t9-cut0', 'sim-t9-cut9', 'sim-t9-reset4', 'sim-t9-cuthead', 'sim-t9-nodone', 'sim-t9-nodone-nonl', 'sim-t3-think-cut0', 'sim-t9-tool-cut4']

for (const adapter of adapters) {
  for (const name of cuts) {
    test(`[R09] ${adapter.name}, ${name}: what came before is kept, and the last part is provider_cut`, async (t) => {
      const { simulator, model } = await startProvider(t, adapter)

      const answer = await hear(model(name))

      assert.equal(answer.text, simulator.expectedText(name))
      assert.equal(answer.failure?.code, 'provider_cut')
      assert.equal(answer.parts.filter((part) => part.type === 'failure' || part.type === 'finish').length, 1)
      assert.deepEqual(answer.toolCalls, [])
    })
  }

  test(`[R09] ${adapter.name}: a complete answer in one piece that is cut off is a cut`, async (t) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined).once('data', () => {
        socket.end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{"choices":[{"mess')
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const providers = adapter.open()
    t.after(async () => {
      await providers[Symbol.asyncDispose]()
      server.close()
    })

    const answer = await hear(providers.connect({ id: 'odd', key: null, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })('any'))

    assert.equal(answer.failure?.code, 'provider_cut')
  })

  test(`[R09] ${adapter.name}: a body that ends anywhere keeps every whole event, and finishes only behind its terminator`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)
    const deltas = ['Ab', 'é日本', '🙂', ' end']
    simulator.script('short', deltas)
    const body = await fetchBody(simulator.url, adapter.path('short'))
    const whole = await hear(model('short'))
    assert.equal(whole.text, deltas.join(''))

    for (let end = 0; end <= body.length; end++) {
      const answer = readInPieces(adapter.dialect, body.subarray(0, end), [end || 1])

      assert.ok(whole.text.startsWith(answer.text), `${end}: ${answer.text}`)
      assert.equal(answer.parts.filter((part) => part.type === 'failure' || part.type === 'finish').length, 1)
      if (answer.failure === null) assert.deepEqual([answer.text, answer.last], [whole.text, whole.last], String(end))
      else assert.equal(answer.failure.code, 'provider_cut', String(end))
    }
  })
}

async function fetchBody(url: string, path: string): Promise<Buffer> {
  const body = JSON.stringify({ model: 'short', stream: true, stream_options: { include_usage: true } })
  const response = await fetch(new URL(path, url), { method: 'POST', body })
  return Buffer.from(await response.arrayBuffer())
}

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { limits } from '#protocol/limits.ts'
import type { TurnEvent } from '#protocol/turn-events.ts'
import { EventStream } from '../../server/http/event-stream.ts'
import { systemClock } from '../../server/lib/clock.ts'
import type { FollowedTurn } from '../../server/turn/follow-turn.ts'

const rows = 40_000

/** Forty mebibytes of log: more than any buffer on the way takes. */
const longTurn: FollowedTurn = {
  conversationId: 'c_1', turnId: 't_1', responseId: 'm_1', epoch: 'e', last: rows, closed: true, onChange: () => () => {},
  eventAt: (seq): TurnEvent => ({
    type: 'chat.delta',
    payload: { conversation_id: 'c_1', turn_id: 't_1', response_id: 'm_1', epoch: 'e', seq, delta: 'x'.repeat(900), index: seq, kind: 'text' },
  }),
}

async function stream(t: TestContext, slowMs: number) {
  const clock = { ...systemClock, after: (ms: number, action: () => void) => systemClock.after(ms === limits.socketSlowSeconds * 1000 ? slowMs : ms, action) }
  const { promise: responding, resolve } = Promise.withResolvers<{ readonly response: ServerResponse; readonly events: EventStream }>()
  const server = createServer((_request, response) => {
    response.writeHead(200)
    const events = new EventStream(response, clock)
    events.start({ followed: longTurn, after: 0, message: null }, { after: 0 })
    resolve({ response, events })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  client.pause()
  return { client, ...(await responding) }
}

test('[R34] a reader that does not read is buffered for up to a mebibyte, then let go', { timeout: 20_000 }, async (t) => {
  const { client, response } = await stream(t, 300)
  await sleep(100)
  const waiting = response.writableLength

  await once(response, 'close')

  assert.ok(waiting < limits.socketBufferedBytes + 2048, `${waiting} bytes waited`)
  assert.equal(response.writableFinished, false)
  client.destroy()
})

test('[R34] a reader that catches up in time gets all of it', { timeout: 20_000 }, async (t) => {
  const { client, response } = await stream(t, 20_000)
  await sleep(100)
  let read = ''
  let last = 0
  client.on('data', (chunk) => {
    read += chunk.toString('latin1')
    for (const [, seq] of read.matchAll(/id: e:(\d+)\n/g)) {
      assert.ok(Number(seq) <= last + 1 || Number(seq) === last, `${seq} came after ${last}`)
      last = Math.max(last, Number(seq))
    }
    read = read.slice(-40)
  })
  client.resume()

  await once(response, 'finish')
  while (last < rows) await once(client, 'data')

  assert.equal(last, rows)
  client.destroy()
})

test('[R35] a reader that does not read holds up the end of the server for a second, not for thirty', { timeout: 20_000 }, async (t) => {
  const { client, response, events } = await stream(t, 30_000)
  const began = performance.now()

  events.part()
  await once(response, 'close')

  assert.ok(performance.now() - began < 3000)
  client.destroy()
})

/** Clients that ask and do not read: what waits for them is bounded, however much they send. */
import assert from 'node:assert/strict'
import { channel } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { limits } from '#protocol/limits.ts'
import { frame, openByHand } from './raw-socket.ts'
import { WireClient } from './wire-client.ts'
import { makeThing, sharedWorld } from './world.ts'

const world = sharedWorld()
/** More answers than the buffers of the system take on their way. */
const answered = 8 * 1024 * 1024
const largeAnswer = 100_000

/** Server ends of connections that are made from now on. */
function serverEnds(t: TestContext): Socket[] {
  const ends: Socket[] = []
  const made = channel('net.server.socket')
  const listen = (message: unknown) => void ends.push((message as { readonly socket: Socket }).socket)
  made.subscribe(listen)
  t.after(() => made.unsubscribe(listen))
  return ends
}

/** Each with about how many bytes it is answered by. */
const floods: Readonly<Record<string, (turnId: string) => readonly [sent: Buffer, answer: number]>> = {
  'frames that ask for a whole message': (turnId) => [frame({ payload: JSON.stringify({ type: 'chat.resume', data: { turn_id: turnId, epoch: 'elsewhere', after: 1 } }) }), largeAnswer],
  'frames that are no JSON': () => [frame({ payload: 'x' }), 250],
  pings: () => [frame({ opcode: 9, payload: 'x'.repeat(125) }), 127],
}

for (const [what, flood] of Object.entries(floods)) {
  test(`[W03] [R34] ${what}, sent for ever by somebody who reads nothing, wait in a bounded buffer`, { timeout: 90_000 }, async (t) => {
    const { app, ada } = world()
    app.provider.script('sim-s3434', ['x'.repeat(largeAnswer)])
    const { turn } = await makeThing(ada, 'long', 'openai/sim-s3434')
    const [one, answer] = flood(turn)
    const ends = serverEnds(t)
    const socket = await openByHand(app.url, '/ws/v2/chat', [`Authorization: Bearer ${ada.token}`])
    t.after(() => socket.destroy())
    const end = ends.find(({ remotePort }) => remotePort === socket.localPort)!
    socket.pause()
    const times = Math.ceil(65_536 / answer)
    const many = Buffer.concat(Array.from({ length: times }, () => one))
    let [most, asked] = [0, 0]
    for (; asked * answer < answered && socket.writableLength < limits.socketBufferedBytes; asked += times) {
      socket.write(many)
      await sleep(1)
      most = Math.max(most, end.writableLength)
    }
    t.diagnostic(`${asked} sent, and ${most} bytes waited at most`)

    assert.ok(most > 0, 'nothing waited: the buffers of the system took it all')
    assert.ok(most < limits.socketBufferedBytes + 2 * largeAnswer, `${most} bytes waited`)
    const bystander = await new WireClient(app.url, '/ws/v2/chat', { token: 'bob@acme' }).opened()
    await bystander.answers()
    bystander.end()
  })
}

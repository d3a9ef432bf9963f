import assert from 'node:assert/strict'
import { test } from 'node:test'
import { localBus } from '../../server/bus/local-bus.ts'
import { systemClock } from '../../server/lib/clock.ts'
import type { DeltaRow, TurnLog } from '../../server/store/store.ts'
import { RemoteTurn } from '../../server/turn/remote-turn.ts'
import { startApp } from '../support/start-app.ts'

test('[T28] rows that two readers bring at once are rows once, and the end keeps its number', async (t) => {
  const app = await startApp(t)
  const ada = { tenantId: 'acme', userId: 'ada' }
  const client = await app.signIn('ada@acme').connect()
  const { turn_id } = await client.ask('Count', { model: 'openai/sim-t30-g4' })
  const shown = await client.answer(turn_id)
  const whole = (await app.app.turns.store.readLog(ada, turn_id))!
  const { promise: read, resolve } = Promise.withResolvers<TurnLog>()
  const remote = new RemoteTurn({ store: { readLog: () => read }, bus: localBus(), clock: systemClock }, {
    actor: ada, conversationId: whole.turn.conversation_id, turnId: turn_id, responseId: whole.turn.response_id, epoch: whole.turn.epoch, rows: whole.rows.slice(0, 1),
  })

  const stop = remote.onChange(() => {})
  remote.learn(whole.rows)
  resolve({ ...whole, rows: afterRow(whole.rows, 1) })
  await read
  await new Promise((done) => setImmediate(done))
  stop()

  assert.equal(remote.closed, true)
  assert.deepEqual(Array.from({ length: remote.last }, (_, i) => remote.eventAt(i + 1)), shown)
})

function afterRow(rows: readonly DeltaRow[], seq: number): readonly DeltaRow[] {
  return rows.filter((row) => row.seq > seq)
}

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { openBench } from '../support/cluster/bench.ts'
import { drainSeconds, gracefulStop } from '../support/cluster/ending-checks.ts'
import { faultChecks } from '../support/cluster/fault-check.ts'

const environment = { PARLEY_DRAIN_SECONDS: `${drainSeconds}` }

faultChecks({ environment }, [gracefulStop])

test(`${gracefulStop.name}; the product as it is started`, async (t) => {
  const bench = await openBench(t, { entry: 'product', environment })
  assert.deepEqual(await gracefulStop.run(bench, 1, (figure) => t.diagnostic(figure)), [])
})

test('[R35] [T31] a question to every agent, of whom the first is answering, does not outlast a drain', async (t) => {
  const bench = await openBench(t, { environment: { PARLEY_DRAIN_SECONDS: '0.5' } })
  const scene = bench.scene()
  const ada = await scene.device('ada')
  const address = `${bench.server.url.replace('http', 'ws')}/ws/everyone`
  const socket = new WebSocket(address, { headers: { authorization: `Bearer ${ada.token}` } })
  t.after(() => scene[Symbol.dispose]())
  t.after(() => socket.terminate())
  socket.on('error', () => {})
  await once(socket, 'open')
  const { id, body } = scene.question(ada, scene.model(ada, 't20000-g20'))
  const data = { message: body.content, model: body.model, agent_id: 'global', client_message_id: id }
  socket.send(JSON.stringify({ type: 'chat', data }))
  await bench.provider.nextCall()

  const exit = await bench.server.signal('SIGTERM')
  await bench.server.start()

  assert.deepEqual(exit, { code: 0, signal: null })
  const turns = [...(await scene.read()).turns.values()].map(({ turn }) => [turn.state, turn.failure?.code])
  assert.equal(turns.length, 1)
  assert.equal(turns[0]![1], 'server_stopped')
})

/** Stopping closes the socket to the provider, whichever it is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { adapters, hear, question, startProvider } from './ask.ts'

for (const adapter of adapters) {
  test(`${adapter.name}: aborting closes the socket at once and ends the stream without a further part`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)
    const stop = new AbortController()
    const parts = []

    for await (const read of model('sim-t9-hold3').stream(question(), stop.signal)) {
      parts.push(...read)
      if (parts.filter((part) => part.type === 'text-delta').length === 3) stop.abort()
    }
    const ended = performance.now()
    const call = await simulator.nextCall()
    await call.closed

    assert.ok(performance.now() - ended < 3000)
    assert.deepEqual([call.aborted, call.tokensSent], [true, 3])
    assert.ok(!parts.some((part) => part.type === 'finish' || part.type === 'failure'))
  })

  test(`${adapter.name}: aborting while the provider has not answered yet closes the socket too`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)
    const stop = new AbortController()

    const hearing = hear(model('sim-h30000'), question(), stop.signal)
    const call = await simulator.nextCall()
    stop.abort()
    const answer = await hearing
    await call.closed

    assert.deepEqual(answer.parts, [])
    assert.equal(call.aborted, true)
  })

  test(`${adapter.name}: aborting before, or while the connection is being made, asks nobody`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)
    const stop = new AbortController()

    const hearing = hear(model('sim-endless'), question(), stop.signal)
    await Promise.resolve()
    stop.abort()
    const answers = [await hearing, await hear(model('sim-t3'), question(), AbortSignal.abort())]
    await sleep(50)

    assert.deepEqual(answers.flatMap(({ parts }) => parts), [])
    assert.equal(simulator.calls.length, 0)
  })

  test(`${adapter.name}: a consumer that goes away closes the socket`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)

    for await (const _ of model('sim-endless').stream(question(), AbortSignal.timeout(20_000))) break
    const call = await simulator.nextCall()
    await call.closed

    assert.equal(call.aborted, true)
  })
}

/** Providers that fall silent, or never do. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ModelPart } from '../../server/models/language-model.ts'
import { adapters, heard, question, startProvider } from './ask.ts'

for (const adapter of adapters) {
  test(`[R10] ${adapter.name}: a provider that falls silent is waited for until the signal ends it, and its socket is closed`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)

    for (const name of ['sim-t9-stall0', 'sim-t9-stall4']) {
      const stop = new AbortController()
      const reads: (readonly ModelPart[])[] = []
      const reading = (async () => {
        for await (const parts of model(name).stream(question(), stop.signal)) reads.push(parts)
      })()
      const call = await simulator.nextCall()
      for (let n = 0; n < 500 && heard(reads).text !== simulator.expectedText(name); n++) await sleep(10)
      await sleep(50)
      stop.abort()
      await reading
      await call.closed

      assert.equal(heard(reads).text, simulator.expectedText(name))
      assert.ok(!heard(reads).parts.some((part) => part.type === 'finish' || part.type === 'failure'))
      assert.equal(call.aborted, true)
    }
  })

  test(`[R15] ${adapter.name}: an endless answer waits for whoever reads it, and ends when they leave`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)
    const stop = new AbortController()
    const reading = model('sim-endless-b500').stream(question(), stop.signal)[Symbol.asyncIterator]()
    await reading.next()
    const call = await simulator.nextCall()

    let sent = -1
    for (let n = 0; n < 100 && sent !== call.tokensSent; n++) {
      sent = call.tokensSent
      await sleep(100)
    }
    const waiting = (await reading.next()).value as readonly unknown[]

    assert.equal(call.tokensSent >= sent && call.finished, false)
    assert.ok(waiting.length < 20_000, `${waiting.length} parts were held`)
    stop.abort()
    await call.closed
    assert.equal(call.aborted, true)
  })
}

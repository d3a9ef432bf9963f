/** Whose keys go where. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startProviderSimulator } from '../support/provider-simulator.ts'
import { adapters, hear, question, startProvider } from './ask.ts'

for (const adapter of adapters) {
  const [header, prefix] = adapter.keyHeader

  test(`${adapter.name}: an endpoint without a key is sent none`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter, { key: null })

    await hear(model('sim-t1'))

    for (const name of ['authorization', 'x-api-key', 'x-goog-api-key']) assert.equal(simulator.calls[0]?.headers[name], undefined)
  })

  test(`[S11] ${adapter.name}: the key stands in one header, and neither in the address nor in the body`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter, { key: 'sk-canary-of-this-key' })

    await hear(model('sim-t1'))

    const [call] = simulator.calls
    const carriers = Object.entries(call!.headers).filter(([, value]) => String(value).includes('canary'))
    assert.deepEqual(carriers, [[header, `${prefix}sk-canary-of-this-key`]])
    assert.doesNotMatch(call!.path + JSON.stringify(call!.body), /canary/)
  })

  for (const status of [301, 302, 303, 307, 308]) {
    test(`[S11] ${adapter.name}: a redirect (${status}) to another host is not followed, and no key leaves with it`, async (t) => {
      const canary = await startProviderSimulator()
      t.after(() => canary.close())
      const { simulator, model } = await startProvider(t, adapter)
      simulator.redirectTo = `${canary.url}/chat/completions`

      const answer = await hear(model(`sim-e${status}`))

      assert.equal(answer.failure?.code, 'provider_rejected')
      assert.equal(canary.requests, 0)
      assert.equal(simulator.calls.length, 1)
    })
  }

  test(`[S11] ${adapter.name}: what a user writes as a model's name takes no key to another host`, async (t) => {
    const canary = await startProviderSimulator()
    t.after(() => canary.close())
    const { simulator, model } = await startProvider(t, adapter)
    const { host } = new URL(canary.url)

    for (const name of [`@${host}/`, `//${host}/v1`, `${canary.url}/x`, `\\\\${host}\\`, `x\r\nhost: ${host}`]) await hear(model(name))

    assert.equal(canary.requests, 0)
    assert.equal(simulator.calls.length, 5)
  })

  test(`${adapter.name}: a key that cannot stand in a header fails the stream, and does not throw`, async (t) => {
    const { model, simulator } = await startProvider(t, adapter, { key: 'two\nlines' })

    const answer = await hear(model('sim-t1'))

    assert.equal(answer.failure?.code, 'provider_unreachable')
    assert.doesNotMatch(JSON.stringify(answer.parts), /two|lines/)
    assert.equal(simulator.calls.length, 0)
  })

  test(`[S25] ${adapter.name}: a failure shows neither key nor question, though the provider quotes both`, async (t) => {
    const { model } = await startProvider(t, adapter)

    for (const name of ['sim-e400', 'sim-e401', 'sim-e429', 'sim-e500', 'sim-t2-err1']) {
      const answer = await hear(model(name), question('a-question-that-is-secret'))

      assert.ok(answer.failure)
      assert.doesNotMatch(JSON.stringify(answer.parts), /sk-key|secret|Refused/)
    }
  })
}

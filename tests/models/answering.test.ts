/** An answer as it should be, from every provider. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { expectedReasoning } from '../support/provider-simulator-script.ts'
import { adapters, hear, startProvider } from './ask.ts'

for (const adapter of adapters) {
  test(`${adapter.name}: an answer arrives token by token, then its finish`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)

    const answer = await hear(model('sim-t50'))

    assert.equal(answer.text, simulator.expectedText('sim-t50'))
    assert.equal(answer.deltas.length, 50)
    assert.ok(answer.last?.type === 'finish' && answer.last.reason === 'complete')
    assert.equal(answer.parts.filter((part) => part.type === 'finish').length, 1)
  })

  test(`${adapter.name}: deltas come through verbatim, also when they repeat`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)
    simulator.script('repeats', ['1', '0', '0', '0', '', ' ', '\n', '\n'])

    assert.deepEqual((await hear(model('repeats'))).deltas, ['1', '0', '0', '0', ' ', '\n', '\n'])
  })

  test(`${adapter.name}: the parts of one network read come together`, async (t) => {
    const { model } = await startProvider(t, adapter)

    const answer = await hear(model('sim-t200-b0'))

    assert.equal(answer.deltas.length, 200)
    assert.ok(answer.reads.length <= 4, `${answer.reads.length} arrays for one write`)
    assert.ok(answer.reads.every((parts) => parts.length > 0))
  })

  test(`${adapter.name}: reasoning is told apart from the answer`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)

    const answer = await hear(model('sim-t3-think'))

    assert.equal(answer.reasoning, expectedReasoning('sim-t3-think'))
    assert.equal(answer.text, simulator.expectedText('sim-t3-think'))
  })

  test(`${adapter.name}: one JSON answer instead of the stream that was asked for is understood`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)

    const answer = await hear(model('sim-t30-json-think'))

    assert.equal(answer.text, simulator.expectedText('sim-t30'))
    assert.equal(answer.reasoning, expectedReasoning('sim-think'))
    assert.ok(answer.last?.type === 'finish' && answer.last.reason === 'complete' && answer.last.usage?.output === 33)
  })

  test(`${adapter.name}: a connection is used again after an answer and after an error`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)

    for (const name of ['sim-t5', 'sim-e500', 'sim-t5-done2', 'sim-t5-json']) {
      await hear(model(name))
      await simulator.calls.at(-1)!.closed
      await sleep(20)
    }

    assert.equal(simulator.calls.length, 4)
    assert.equal(new Set(simulator.calls.map((call) => call.clientPort)).size, 1)
  })

  test(`${adapter.name}: many answers at once stay apart`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)
    const names = Array.from({ length: 24 }, (_, n) => `sim-t${20 + n}${n % 2 ? '-u' : ''}-x37`)

    const answers = await Promise.all(names.map((name) => hear(model(name))))

    for (const [n, answer] of answers.entries()) assert.equal(answer.text, simulator.expectedText(names[n]!))
  })

  test(`${adapter.name}: comments, events of other names and objects of unknown kinds are passed over`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)

    const answer = await hear(model('sim-t6-odd-crlf'))

    assert.equal(answer.text, simulator.expectedText('sim-t6'))
    assert.equal(answer.last?.type, 'finish')
  })
}

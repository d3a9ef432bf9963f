/** Answers that end before they are complete, and say why. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { adapters, google, hear, openai, readInPieces, startProvider } from './ask.ts'

for (const adapter of adapters) {
  test(`${adapter.name}: at the limit of tokens an answer is truncated`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)

    const answer = await hear(model('sim-t7-length'))

    assert.equal(answer.text, simulator.expectedText('sim-t7'))
    assert.ok(answer.last?.type === 'finish' && answer.last.reason === 'truncated')
  })

  test(`${adapter.name}: a refusal, and text that was held back, are told from a complete answer`, async (t) => {
    const { model } = await startProvider(t, adapter)

    for (const [name, reasons] of [['sim-t2-refuse', ['refused', 'filtered']], ['sim-t2-filter', ['refused', 'filtered']]] as const) {
      const { last } = await hear(model(name))
      assert.ok(last?.type === 'finish' && reasons.includes(last.reason as 'refused'), `${name}: ${JSON.stringify(last)}`)
    }
  })
}

test('OpenAI sends a refusal as text of its own, which is shown', async (t) => {
  const { model } = await startProvider(t, openai)

  const answer = await hear(model('sim-t2-refuse'))

  assert.equal(answer.text, 't000001 t000002 No.')
  assert.ok(answer.last?.type === 'finish' && answer.last.reason === 'refused')
})

test('Google may block a question before any answer, and what it still sends is not shown', () => {
  const events = [{ promptFeedback: { blockReason: 'SAFETY' } }, { candidates: [{ content: { parts: [{ text: 'x' }] }, finishReason: 'STOP' }] }]

  const answer = readInPieces(google.dialect, Buffer.from(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')), [7])

  assert.deepEqual(answer.parts, [{ type: 'finish', reason: 'filtered', usage: null }])
})

/** R14: bytes are exact however they are cut. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { WholeCharacters } from '../../server/lib/whole-characters.ts'
import { expectedReasoning } from '../support/provider-simulator-script.ts'
import { adapters, hear, startProvider } from './ask.ts'

for (const adapter of adapters) {
  for (const options of ['x1', 'x1-crlf', 'x2-crlf', 'x3-nonl', 'x5-crlf-nonl', 'x64', 'b0', 'nonl']) {
    test(`[R14] ${adapter.name}: characters of two to four bytes arrive exact: ${options}`, async (t) => {
      const { simulator, model } = await startProvider(t, adapter)
      const name = `sim-t6-u-think-${options}`

      const answer = await hear(model(name))

      assert.equal(answer.text, simulator.expectedText(name))
      assert.equal(answer.reasoning, expectedReasoning(name))
      assert.doesNotMatch(answer.text, /\uFFFD/)
      assert.equal(answer.last?.type, 'finish')
    })
  }

  test(`[R14] ${adapter.name}: a character whose halves come in two deltas is put together, and a half that stays alone is marked`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)
    const deltas = ['a\ud83d', '\ude42', 'b', '\ud83d', 'c', '\ude42', '🙂\ud83d']
    simulator.script('halves', deltas)

    const answer = await hear(model('halves'))

    assert.equal(answer.text, deltas.join('').toWellFormed())
    assert.ok(answer.deltas.every((delta) => delta.isWellFormed()))
  })
}

test('[R14] pieces of a text are whole characters, and together the text, wherever it was cut', () => {
  const units = fc.array(fc.constantFrom('a', 'é', '\ud83d', '\ude42', '\ud83d\ude42', ''), { maxLength: 20 })
  fc.assert(
    fc.property(units, (pieces) => {
      const characters = new WholeCharacters()
      const out = [...pieces.map((piece) => characters.add(piece)), characters.rest()]

      assert.equal(out.join(''), pieces.join('').toWellFormed())
      assert.ok(out.every((piece) => piece.isWellFormed()))
    }),
    { numRuns: 300 },
  )
})

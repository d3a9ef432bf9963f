/** Tokens, as the provider counted them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { promptTokens } from '../support/provider-simulator-script.ts'
import { adapters, anthropic, google, hear, openai, readInPieces, startProvider } from './ask.ts'

for (const adapter of adapters) {
  test(`${adapter.name}: the finish brings the tokens of question and answer, thoughts among them`, async (t) => {
    const { model } = await startProvider(t, adapter)

    const { last } = await hear(model('sim-t50-think'))

    assert.ok(last?.type === 'finish')
    const { input, cached_input, output, reasoning, estimated } = last.usage!
    assert.deepEqual([input, cached_input, output, reasoning, estimated], [promptTokens, 0, 53, 3, false])
  })

  test(`[R15] ${adapter.name}: usage that is missing is null, not zero`, async (t) => {
    const { model } = await startProvider(t, adapter)

    const { last } = await hear(model('sim-t6-nousage'))

    assert.deepEqual(last, { type: 'finish', reason: 'complete', usage: null })
  })
}

for (const adapter of [anthropic, google]) {
  test(`[R09] ${adapter.name}: what was counted before a cut is known`, async (t) => {
    const { model } = await startProvider(t, adapter)

    const answer = await hear(model('sim-t9-cut4'))

    const counted = answer.parts.findLast((part) => part.type === 'usage')
    assert.equal(counted?.usage.input, promptTokens)
    assert.equal(answer.failure?.code, 'provider_cut')
  })
}

test('figures that make no sense are null', () => {
  const body = Buffer.from('data: {"choices":[],"usage":{"prompt_tokens":-1,"completion_tokens":"7","prompt_tokens_details":[]}}\n\ndata: [DONE]\n\n')

  const { last } = readInPieces(openai.dialect, body, [64])

  assert.deepEqual(last, { type: 'finish', reason: 'other', usage: { input: null, cached_input: null, output: null, reasoning: null, estimated: false } })
})

test('log-probabilities come in the order of the tokens', () => {
  const chunk = (...values: readonly unknown[]) => {
    const content = values.map((logprob) => ({ token: 'x', logprob }))
    return `data: ${JSON.stringify({ choices: [{ delta: { content: 'x' }, logprobs: { content } }] })}\n\n`
  }

  const { parts } = readInPieces(openai.dialect, Buffer.from(`${chunk(-0.5, -1)}${chunk('no', null)}${chunk(0)}data: [DONE]\n\n`), [5])

  assert.deepEqual(parts.flatMap((part) => (part.type === 'log-probabilities' ? [part.values] : [])), [[-0.5, -1], [0]])
})

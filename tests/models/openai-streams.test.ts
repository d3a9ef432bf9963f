import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { openAIDialect } from '../../server/models/openai-compatible/from-openai-stream.ts'
import { faultSeed } from '../support/cluster/seeded.ts'
import { askOracle, summaryOf } from '../support/recordings/stream-oracle.ts'
import { type Heard, readInPieces as readDialectInPieces } from './ask.ts'

const readInPieces = (body: Buffer, sizes: readonly number[]): Heard => readDialectInPieces(openAIDialect, body, sizes)

const chunk = (delta: object) => `data: ${JSON.stringify({ choices: [{ delta }] })}\n\n`

test('[R14] whatever the deltas and wherever the bytes are cut, the text is exact and well-formed', () => {
  const pieceSizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 })
  const texts = fc.array(fc.string({ unit: 'binary', maxLength: 12 }), { maxLength: 12 })
  fc.assert(
    fc.property(texts, pieceSizes, fc.constantFrom('\n', '\r\n', '\r'), (deltas, sizes, newline) => {
      const body = `${deltas.map((content) => chunk({ content })).join('')}data: [DONE]\n\n`.replaceAll('\n', newline)

      const answer = readInPieces(Buffer.from(body), sizes)

      assert.equal(answer.text, deltas.join(''))
      assert.equal(answer.last?.type, 'finish')
    }),
    { numRuns: 100 },
  )
})

test('tool calls in pieces are assembled by index, whatever comes in between', () => {
  const piece = (args: string, index?: number, id?: string, name?: string) =>
    chunk({ tool_calls: [{ index, id, function: { name, arguments: args } }] })
  const interleaved = [piece('{"b"', 1, 'b', 'second'), piece('', 0, 'a', 'first'), piece(':2}', 1), piece('{}', 0)]
  const withoutIndex = [piece('{"a"', undefined, 'a', 'first'), piece(':1}'), piece('{}', undefined, 'b', 'second')]
  const allIndexZero = [piece('{}', 0, 'a', 'first'), piece('{"b":2}', 0, 'b', 'second')]

  const calls = [interleaved, withoutIndex, allIndexZero].map(
    (pieces) => readInPieces(Buffer.from(`${pieces.join('')}data: [DONE]\n\n`), [11]).toolCalls,
  )

  const call = (id: string, name: string, args: string) => ({ id, name, arguments: args, runBy: 'us' as const })
  assert.deepEqual(calls[0], [call('a', 'first', '{}'), call('b', 'second', '{"b":2}')])
  assert.deepEqual(calls[1], [call('a', 'first', '{"a":1}'), call('b', 'second', '{}')])
  assert.deepEqual(calls[2], [call('a', 'first', '{}'), call('b', 'second', '{"b":2}')])
})

test('finish reasons are mapped, and a refusal is text that was held back', () => {
  const ending = (reason: string) => `data: {"choices":[{"delta":{},"finish_reason":"${reason}"}]}\n\ndata: [DONE]\n\n`
  const called = { tool_calls: 'tool-calls', function_call: 'tool-calls' }
  const reasons = { stop: 'complete', length: 'truncated', content_filter: 'filtered', eos: 'other', ...called }
  for (const [wire, reason] of Object.entries(reasons)) {
    const { last } = readInPieces(Buffer.from(ending(wire)), [64])
    assert.ok(last?.type === 'finish' && last.reason === reason, wire)
  }

  const refusal = readInPieces(Buffer.from(chunk({ refusal: 'No.' }) + ending('stop')), [64])

  assert.equal(refusal.text, 'No.')
  assert.ok(refusal.last?.type === 'finish' && refusal.last.reason === 'refused')
})

test('content in typed parts, thinking among them, is understood', () => {
  const content = [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }, { type: 'text', text: 'Yes' }, { type: 'image' }]

  const answer = readInPieces(Buffer.from(`${chunk({ content })}data: [DONE]\n\n`), [5])

  assert.deepEqual([answer.reasoning, answer.text], ['Hm.', 'Yes'])
})

/** Pieces of tool calls as servers send them that label them more or less well. */
const pieces = fc.array(
  fc.record({
    index: fc.constantFrom(0, 0, 1, undefined), id: fc.constantFrom('a', 'b', undefined),
    name: fc.constantFrom('first', 'second', undefined), args: fc.constantFrom('', '{"q"', ':1}', '{"q":2}', '{}'),
  }),
  { minLength: 1, maxLength: 6 },
)

test('tool calls in pieces are what the AI SDK makes of them, however they are labelled', async (t) => {
  let compared = 0
  await fc.assert(
    fc.asyncProperty(pieces, async (calls) => {
      const lines = calls.map(({ index, id, name, args }) =>
        chunk({ tool_calls: [{ ...(index !== undefined && { index }), ...(id !== undefined && { id }), function: { ...(name !== undefined && { name }), arguments: args } }] }))
      const body = Buffer.from(`${lines.join('')}data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n`)
      const theirs = await askOracle('openai-compatible', body)
      // Where they give up, we may have understood, or given up as well.
      if (theirs.finishReason === 'failed') return

      compared += 1
      assert.deepEqual(summaryOf(readInPieces(body, [body.length]), body).toolCalls, theirs.toolCalls)
    }),
    { numRuns: process.env['FAULTS'] === 'full' ? 20_000 : 400, seed: faultSeed },
  )
  t.diagnostic(`seed ${faultSeed}, ${compared} compared`)
  assert.ok(compared > 50)
})

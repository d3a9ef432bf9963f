import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { openAIDialect } from '../../server/models/openai-compatible/from-openai-stream.ts'
import { retryAfter } from '../../server/models/provider-failures.ts'
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
    { numRuns: 300 },
  )
})

test('[R14] a character whose halves come in two deltas is put together, and a half that stays alone is marked', () => {
  const units = fc.array(fc.constantFrom('a', 'é', '\ud83d', '\ude42', '\ud83d\ude42'), { maxLength: 20 })
  fc.assert(
    fc.property(units, (deltas) => {
      const answer = readInPieces(Buffer.from(`${deltas.map((content) => chunk({ content })).join('')}data: [DONE]\n\n`), [7])

      assert.equal(answer.text, deltas.join('').toWellFormed())
      assert.ok(answer.deltas.every((delta) => delta.isWellFormed()))
    }),
    { numRuns: 300 },
  )
})

test('[R14] a body that ends anywhere keeps every whole event, and is a cut unless [DONE] was there', () => {
  const deltas = ['Ab', 'é日本', '🙂', ' end']
  const body = Buffer.from(`${deltas.map((content) => chunk({ content })).join('')}data: [DONE]`)
  for (let end = 0; end <= body.length; end++) {
    const answer = readInPieces(body.subarray(0, end), [end || 1])

    assert.ok(deltas.join('').startsWith(answer.text), `${end}: ${answer.text}`)
    assert.equal(answer.failure?.code ?? 'finish', end === body.length ? 'finish' : 'provider_cut', String(end))
  }
})

test('[R15] bytes that mean nothing never throw, and always end in exactly one last part', () => {
  const event = '{"choices":[{"delta":{"content":"a"}}]}'
  const lines = fc.constantFrom('data: ', 'data:', event, '[DONE]', '\n', '\r', '\n\n', 'event: x', ': c', '{', 'null', '\u0000', 'é')
  fc.assert(
    fc.property(fc.array(lines, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (pieces, size) => {
      const { parts } = readInPieces(Buffer.from(pieces.join('')), [size])

      assert.equal(parts.findIndex((part) => part.type === 'finish' || part.type === 'failure'), parts.length - 1)
    }),
    { numRuns: 500 },
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

test('[R15] tool calls without end are refused, and so is one without a name', () => {
  const endless = chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: 'x'.repeat(100_000) } }] }).repeat(20)
  const call = (index: number) => chunk({ tool_calls: [{ index, id: `c${index}`, function: { name: 'f' } }] })
  const many = Array.from({ length: 200 }, (_, index) => call(index)).join('')
  const nameless = chunk({ tool_calls: [{ index: 0, id: 'a', function: { arguments: '{}' } }] })

  for (const body of [endless, many, nameless]) {
    assert.equal(readInPieces(Buffer.from(`${body}data: [DONE]\n\n`), [65_536]).failure?.code, 'provider_malformed')
  }
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

test('Retry-After is read as milliseconds, seconds or a date, and nonsense is null', () => {
  const now = Date.UTC(2026, 10, 20, 12)
  assert.equal(retryAfter({ 'retry-after-ms': '250', 'retry-after': '9' }, now), 250)
  assert.equal(retryAfter({ 'retry-after': '1.5' }, now), 1500)
  assert.equal(retryAfter({ 'retry-after': 'Fri, 20 Nov 2026 12:01:00 GMT' }, now), 60_000)
  assert.equal(retryAfter({ 'retry-after': 'Fri, 20 Nov 2026 11:00:00 GMT' }, now), 0)
  for (const nonsense of ['soon', '-5', '', undefined]) assert.equal(retryAfter({ 'retry-after': nonsense }, now), null)
})

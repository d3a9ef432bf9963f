/** Errors and nonsense inside a stream that began well: upstream is untrusted. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { adapters, anthropic, type Adapter, google, hear, openai, readInPieces, startProvider } from './ask.ts'

for (const adapter of adapters) {
  test(`${adapter.name}: an error event ends the answer, and what came before is kept`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)

    for (const name of ['sim-t9-err5', 'sim-t9-err1', 'sim-t9-err5-crlf-x1']) {
      const answer = await hear(model(name))

      assert.equal(answer.text, simulator.expectedText(name))
      assert.equal(answer.failure?.code, 'provider_overloaded')
      assert.equal(answer.parts.filter((part) => part.type === 'failure' || part.type === 'finish').length, 1)
    }
  })

  test(`[R15] ${adapter.name}: bad JSON ends the answer as provider_malformed and closes the socket`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)

    const answer = await hear(model('sim-t500-g5-bad4'))
    const call = await simulator.nextCall()
    await call.closed

    assert.equal(answer.text, simulator.expectedText('sim-t500-bad4'))
    assert.equal(answer.failure?.code, 'provider_malformed')
    assert.equal(call.aborted, true)
  })

  test(`[R15] ${adapter.name}: a line of 64 MiB is refused after the first of them, within bounded memory`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)
    await hear(model('sim-t200'))
    const before = process.memoryUsage().rss
    let most = before
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 5)
    t.after(() => clearInterval(watch))

    const answer = await hear(model('sim-t2-huge64'))
    const call = simulator.calls.at(-1)!
    await call.closed

    assert.equal(answer.text, simulator.expectedText('sim-t2'))
    assert.equal(answer.failure?.code, 'provider_malformed')
    assert.equal(call.aborted, true)
    assert.ok(most - before <= 32 * 1024 * 1024, `grew by ${Math.round((most - before) / 1024 / 1024)} MiB`)
  })

  test(`[R15] ${adapter.name}: a terminator that comes twice makes one finish`, async (t) => {
    const { simulator, model } = await startProvider(t, adapter)

    const answer = await hear(model('sim-t6-done2'))

    assert.equal(answer.text, simulator.expectedText('sim-t6'))
    assert.equal(answer.parts.filter((part) => part.type === 'finish').length, 1)
  })

  test(`[R15] ${adapter.name}: JSON that is no object, or deep beyond reason, does no harm`, () => {
    for (const data of ['null', '7', '"text"', '[]', `${'['.repeat(400_000)}${']'.repeat(400_000)}`]) {
      assert.equal(readInPieces(adapter.dialect, Buffer.from(`data: ${data}\n\n`), [65_536]).failure?.code, 'provider_malformed', data.slice(0, 10))
    }
  })

  test(`[R15] ${adapter.name}: whatever bytes and values come, nothing throws, and there is exactly one last part`, () => {
    const body = fc.array(fc.oneof(hostileEvents[adapter.name]!, fc.constantFrom('\n', '\r', 'data:', 'event: x\n', ': c\n', '{', 'null\n\n', '\u0000', 'é', '[DONE]')), { maxLength: 25 })
    fc.assert(
      fc.property(body, fc.integer({ min: 1, max: 9 }), (pieces, size) => {
        const { parts, deltas } = readInPieces(adapter.dialect, Buffer.from(pieces.join('')), [size])

        assert.equal(parts.findIndex((part) => part.type === 'finish' || part.type === 'failure'), parts.length - 1)
        assert.ok(deltas.every((delta) => delta !== '' && delta.isWellFormed()))
        assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
      }),
      { numRuns: 400 },
    )
  })
}

const values = fc.oneof(
  fc.constantFrom(null, '', 'x', '\ud83d', 0, -1, 1e300, true, [], {}, [null], [[]], { text: 1 }, 'stop', 'STOP', 'tool_use', 'text', 'thinking'),
  fc.string({ unit: 'binary', maxLength: 5 }),
)
const oddObject = (...keys: readonly string[]) => fc.dictionary(fc.constantFrom(...keys, '__proto__', 'constructor'), values, { maxKeys: 6 })
const asEvent = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`

/** Events that look right from outside, with anything inside. */
const hostileEvents: Readonly<Record<string, fc.Arbitrary<string>>> = {
  openai: fc
    .record({ delta: oddObject('content', 'reasoning', 'refusal', 'tool_calls'), finish_reason: values, tool: oddObject('index', 'id', 'function'), logprobs: values, usage: values })
    .map(({ delta, tool, usage, ...choice }) => asEvent({ choices: [{ ...choice, delta: { ...delta, tool_calls: [tool] } }], usage })),
  anthropic: fc
    .record({
      type: fc.constantFrom('message_start', 'content_block_start', 'content_block_delta', 'content_block_stop', 'message_delta', 'message_stop', 'ping', 'new', '__proto__'),
      index: values, message: oddObject('id', 'usage', 'content', 'stop_reason'), content_block: oddObject('type', 'id', 'name', 'input'),
      delta: oddObject('type', 'text', 'thinking', 'partial_json', 'stop_reason'), usage: oddObject('input_tokens', 'output_tokens', 'iterations'),
    })
    .map(asEvent),
  google: fc
    .record({
      part: oddObject('text', 'thought', 'executableCode', 'toolCall', 'inlineData'), call: oddObject('id', 'name', 'args', 'willContinue'), path: fc.constantFrom('$.a', '$.__proto__.polluted', '$.a[9999999]', '$.a[0].b', '', '$', '$.a[]'),
      finishReason: values, usageMetadata: oddObject('promptTokenCount', 'candidatesTokenCount'), promptFeedback: oddObject('blockReason'),
    })
    .map(({ part, call, path, finishReason, ...chunk }) =>
      asEvent({ ...chunk, candidates: [{ content: { parts: [part, { functionCall: { ...call, partialArgs: [{ jsonPath: path, stringValue: 'true' }] } }] }, finishReason }] })),
}

/** What a provider's own errors mean, by their names. */
const errorNames: readonly (readonly [Adapter, object, string])[] = [
  [openai, { error: { code: 'rate_limit_exceeded', message: 'slow down' } }, 'provider_rate_limited'],
  [openai, { error: { code: 401, message: 'no' } }, 'provider_refused_key'],
  [openai, { error: { type: 'invalid_request_error', message: 'too long' } }, 'provider_rejected'],
  [openai, { error: 'something broke' }, 'provider_overloaded'],
  [anthropic, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 'provider_overloaded'],
  [anthropic, { type: 'error', error: { type: 'rate_limit_error', message: 'slow down' } }, 'provider_rate_limited'],
  [anthropic, { type: 'error', error: { type: 'authentication_error', message: 'no' } }, 'provider_refused_key'],
  [anthropic, { type: 'error', error: { type: 'invalid_request_error', message: 'no' } }, 'provider_rejected'],
  [anthropic, { type: 'error' }, 'provider_overloaded'],
  [google, { error: { code: 429, message: 'slow down', status: 'RESOURCE_EXHAUSTED' } }, 'provider_rate_limited'],
  [google, { error: { message: 'no', status: 'UNAUTHENTICATED' } }, 'provider_refused_key'],
  [google, { error: { code: 503, message: 'later', status: 'UNAVAILABLE' } }, 'provider_overloaded'],
]

test('errors are told apart by what they say', () => {
  for (const [adapter, event, code] of errorNames) {
    assert.equal(readInPieces(adapter.dialect, Buffer.from(asEvent(event)), [9]).failure?.code, code, JSON.stringify(event))
  }
})

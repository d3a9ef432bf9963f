/** Questions that are larger than a model's window, and answers that ask for more than anybody can hold. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { adapters, anthropic, google, hear, openai, readInPieces } from './ask.ts'

/** What each provider says of a question that does not fit. */
const overflows = {
  openai: { error: { message: "This model's maximum context length is 128000 tokens.", type: 'invalid_request_error', param: 'messages', code: 'context_length_exceeded' } },
  anthropic: { type: 'error', error: { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' } },
  google: { error: { code: 400, message: 'The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).', status: 'INVALID_ARGUMENT' } },
} as const

for (const adapter of adapters) {
  test(`${adapter.name}: a question that does not fit is rejected, which no second try would change`, async (t) => {
    const server = createServer((request, response) => request.resume().once('end', () => {
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(overflows[adapter.name]))
    })).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const providers = adapter.open()
    t.after(async () => {
      await providers[Symbol.asyncDispose]()
      server.close()
    })

    const answer = await hear(providers.connect({ id: adapter.name, key: 'k', baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })('any'))

    assert.deepEqual(answer.failure, { code: 'provider_rejected', status: 400, retryAfterMs: null, detail: 'HTTP 400' })
  })
}

const event = (value: object) => `data: ${JSON.stringify(value)}\n\n`
const toolUse = (index: number, name = 'f') => ({ type: 'content_block_start', index, content_block: { type: 'tool_use', id: `c${index}`, name, input: {} } })
const many = Array.from({ length: 200 }, (_, index) => index)
const beyondMeasure = [
  [openai, event({ choices: [{ delta: { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: 'x'.repeat(100_000) } }] } }] }).repeat(20)],
  [openai, many.map((index) => event({ choices: [{ delta: { tool_calls: [{ index, id: `c${index}`, function: { name: 'f' } }] } }] })).join('')],
  [anthropic, event(toolUse(0)) + event({ type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: 'x'.repeat(100_000) } }).repeat(20)],
  [anthropic, many.map((index) => event(toolUse(index)) + event({ type: 'content_block_stop', index })).join('')],
  [google, many.map(() => event({ candidates: [{ content: { parts: [{ functionCall: { name: 'f', args: {} } }] } }] })).join('')],
] as const

test('[R15] tool calls without end are refused, and so is one without a name', () => {
  for (const [adapter, body] of beyondMeasure) assert.equal(readInPieces(adapter.dialect, Buffer.from(body), [65_536]).failure?.code, 'provider_malformed', adapter.name)
  const nameless = event(toolUse(0, '')) + event({ type: 'content_block_stop', index: 0 })
  assert.equal(readInPieces(anthropic.dialect, Buffer.from(nameless), [65_536]).failure?.code, 'provider_malformed')
})

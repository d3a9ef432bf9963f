import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openAICompatibleProviders } from '../../server/models/openai-compatible/openai-compatible-model.ts'
import { chatCompletionsUrl, toOpenAIRequest } from '../../server/models/openai-compatible/to-openai-request.ts'
import { expectedReasoning, promptTokens } from '../support/provider-simulator-script.ts'
import { hear, openai, question, startProvider } from './ask.ts'

test('an answer arrives token by token, then its finish and its usage', async (t) => {
  const { simulator, model } = await startProvider(t)

  const answer = await hear(model('sim-t50'))

  assert.equal(answer.text, simulator.expectedText('sim-t50'))
  assert.equal(answer.deltas.length, 50)
  const usage = { input: promptTokens, cached_input: 0, output: 50, reasoning: 0, estimated: false }
  assert.deepEqual(answer.last, { type: 'finish', reason: 'complete', usage })
})

test('the body names the model, the messages and the limits, and nothing of who asks', async (t) => {
  const { simulator, model } = await startProvider(t)

  await hear(model('sim-t1'))

  const [call] = simulator.calls
  assert.equal(call?.path, '/v1/chat/completions')
  assert.equal(call?.headers.authorization, 'Bearer sk-key-one')
  assert.deepEqual(call?.body, {
    model: 'sim-t1',
    messages: question().messages,
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 4096,
    temperature: 0.4,
  })
})

test('OpenAI’s reasoning models get their own token limit and no temperature; elsewhere the same name gets the usual fields', () => {
  for (const model of ['gpt-5-mini', 'o1', 'o3-mini', 'o4-mini']) {
    const body = JSON.parse(toOpenAIRequest('openai', model, question()))
    assert.equal(body.max_completion_tokens, 4096, model)
    assert.ok(!('max_tokens' in body) && !('temperature' in body), model)
  }
  for (const [provider, model] of [['openai', 'gpt-4o-mini'], ['openrouter', 'o3-mini'], ['groq', 'gpt-5']] as const) {
    const body = JSON.parse(toOpenAIRequest(provider, model, question()))
    assert.equal(body.max_tokens, 4096, model)
    assert.ok(!('max_completion_tokens' in body) && 'temperature' in body, model)
  }
})

test('a base URL works with and without its version segment and its slash', () => {
  const addresses = {
    'https://host': 'https://host/v1/chat/completions',
    'https://host/': 'https://host/v1/chat/completions',
    'https://host/v1': 'https://host/v1/chat/completions',
    'https://host/v1/': 'https://host/v1/chat/completions',
    'https://openrouter.ai/api/v1': 'https://openrouter.ai/api/v1/chat/completions',
    'https://openrouter.ai/api': 'https://openrouter.ai/api/v1/chat/completions',
    'https://api.groq.com/openai/v1': 'https://api.groq.com/openai/v1/chat/completions',
    'https://host/v1beta/openai/': 'https://host/v1beta/openai/chat/completions',
    'http://127.0.0.1:11434/v1?a=b': 'http://127.0.0.1:11434/v1/chat/completions?a=b',
  }
  for (const [base, url] of Object.entries(addresses)) assert.equal(chatCompletionsUrl(base).href, url)
})

test('keys are used in turn, and a provider without keys gets no Authorization', async (t) => {
  const three = await startProvider(t, openai, { keys: ['one', 'two', 'three'] })
  const none = await startProvider(t, openai, { keys: [] })

  for (let n = 0; n < 4; n++) await hear(three.model(`sim-t1-s${n}`))
  await hear(none.model('sim-t1'))

  const sent = three.simulator.calls.map((call) => call.headers.authorization)
  assert.deepEqual(sent, ['Bearer one', 'Bearer two', 'Bearer three', 'Bearer one'])
  assert.equal(none.simulator.calls[0]?.headers.authorization, undefined)
})

test('deltas come through verbatim, also when they repeat', async (t) => {
  const { simulator, model } = await startProvider(t)
  simulator.script('repeats', ['1', '0', '0', '0', '', ' ', '\n', '\n'])

  const answer = await hear(model('repeats'))

  assert.deepEqual(answer.deltas, ['1', '0', '0', '0', ' ', '\n', '\n'])
})

test('the parts of one network read come together', async (t) => {
  const { model } = await startProvider(t)

  const answer = await hear(model('sim-t200-b0'))

  assert.equal(answer.deltas.length, 200)
  assert.ok(answer.reads.length <= 3, `${answer.reads.length} arrays for one write`)
  assert.ok(answer.reads.every((parts) => parts.length > 0))
})

test('reasoning is told apart from the answer, under either of its names', async (t) => {
  const { simulator, model } = await startProvider(t)
  const chunk = (delta: object) => `data: ${JSON.stringify({ choices: [{ delta }] })}\n\n`
  const body = `${chunk({ reasoning: 'Hm.', content: '' })}${chunk({ content: 'Yes.' })}data: [DONE]\n\n`
  simulator.script('openrouter-style', Buffer.from(body))

  const deepseekStyle = await hear(model('sim-t3-think'))
  const openrouterStyle = await hear(model('openrouter-style'))

  assert.equal(deepseekStyle.reasoning, expectedReasoning('sim-t3-think'))
  assert.equal(deepseekStyle.text, simulator.expectedText('sim-t3-think'))
  assert.deepEqual([openrouterStyle.reasoning, openrouterStyle.text], ['Hm.', 'Yes.'])
})

test('a provider that ignores stream:true and sends one JSON answer is understood', async (t) => {
  const { simulator, model } = await startProvider(t)

  const answer = await hear(model('sim-t30-json-think'))

  assert.equal(answer.text, simulator.expectedText('sim-t30'))
  assert.equal(answer.reasoning, expectedReasoning('sim-think'))
  assert.equal(answer.last?.type, 'finish')
})

const statuses = [
  ['sim-e400', 'provider_rejected', null],
  ['sim-e401', 'provider_refused_key', null],
  ['sim-e403', 'provider_refused_key', null],
  ['sim-e404', 'provider_rejected', null],
  ['sim-e422', 'provider_rejected', null],
  ['sim-e429', 'provider_rate_limited', null],
  ['sim-e429-ra7', 'provider_rate_limited', 7000],
  ['sim-e500', 'provider_overloaded', null],
  ['sim-e503-ra0', 'provider_overloaded', 0],
  ['sim-e529', 'provider_overloaded', null],
  ['sim-e599', 'provider_overloaded', null],
  ['sim-e302', 'provider_rejected', null],
] as const

for (const [name, code, retryAfterMs] of statuses) {
  test(`${name} fails as ${code}, once, and shows neither key nor question`, async (t) => {
    const { simulator, model } = await startProvider(t)

    const answer = await hear(model(name), question('a-question-that-is-secret'))

    assert.equal(answer.parts.length, 1)
    assert.equal(answer.failure?.code, code)
    assert.equal(answer.failure?.status, Number(/\d{3}/.exec(name)?.[0]))
    assert.equal(answer.failure?.retryAfterMs, retryAfterMs)
    assert.equal(simulator.calls.length, 1)
    assert.doesNotMatch(JSON.stringify(answer.parts), /sk-key|secret|Refused/)
  })
}

test('Retry-After is understood as an HTTP date too, and a date that is past means now', async (t) => {
  const { model } = await startProvider(t)

  const soon = await hear(model('sim-e429-rad30'))
  const past = await hear(model('sim-e429-rad0'))

  assert.ok(soon.failure!.retryAfterMs! > 25_000 && soon.failure!.retryAfterMs! <= 30_000, `${soon.failure!.retryAfterMs}`)
  assert.equal(past.failure!.retryAfterMs, 0)
})

test('nobody listening is provider_unreachable', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  const providers = openAICompatibleProviders()
  t.after(() => providers[Symbol.asyncDispose]())

  const answer = await hear(providers.connect({ id: 'gone', keys: ['k'], baseUrl: `http://127.0.0.1:${port}` })('any'))

  assert.deepEqual(answer.failure, { code: 'provider_unreachable', status: null, retryAfterMs: null, detail: 'no answer: ECONNREFUSED' })
})

test('a key that cannot stand in a header fails the stream, and does not throw', async (t) => {
  const { model, simulator } = await startProvider(t, openai, { keys: ['two\nlines'] })

  const answer = await hear(model('sim-t1'))

  assert.equal(answer.failure?.code, 'provider_unreachable')
  assert.doesNotMatch(JSON.stringify(answer.parts), /two|lines/)
  assert.equal(simulator.calls.length, 0)
})

for (const [name, code] of [
  ['sim-t9-cut4', 'provider_cut'],
  ['sim-t9-cut0', 'provider_cut'],
  ['sim-t9-cut9', 'provider_cut'],
  ['sim-t9-reset4', 'provider_cut'],
  ['sim-t9-cuthead', 'provider_cut'],
  ['sim-t9-nodone', 'provider_cut'],
  ['sim-t9-err5', 'provider_overloaded'],
] as const) {
  test(`${name}: what came before is kept, and the last part is ${code}`, async (t) => {
    const { simulator, model } = await startProvider(t)

    const answer = await hear(model(name))

    assert.equal(answer.text, simulator.expectedText(name))
    assert.equal(answer.failure?.code, code)
    assert.equal(answer.parts.filter((part) => part.type === 'failure' || part.type === 'finish').length, 1)
  })
}

test('a JSON answer that is cut off is a cut, and a web page is not an answer', async (t) => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).once('data', (request) => {
      const type = request.includes('a-page') ? 'text/html' : 'application/json'
      socket.end(`HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: 900\r\n\r\n{"choices":[{"mess`)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const providers = openAICompatibleProviders()
  t.after(async () => {
    await providers[Symbol.asyncDispose]()
    server.close()
  })
  const open = providers.connect({ id: 'odd', keys: [], baseUrl: `http://127.0.0.1:${(server.address() as { port: number }).port}` })

  const cut = await hear(open('a-document'))
  const page = await hear(open('a-page'))

  assert.equal(cut.failure?.code, 'provider_cut')
  assert.equal(page.failure?.code, 'provider_malformed')
})

test('error events are told apart by what they say', async (t) => {
  const { simulator, model } = await startProvider(t)
  const errors = {
    rate: [{ code: 'rate_limit_exceeded', message: 'slow down' }, 'provider_rate_limited'],
    number: [{ code: 401, message: 'no' }, 'provider_refused_key'],
    request: [{ type: 'invalid_request_error', message: 'too long' }, 'provider_rejected'],
    words: ['something broke', 'provider_overloaded'],
  } as const
  for (const [name, [error, code]] of Object.entries(errors)) {
    const body = `data: {"choices":[{"delta":{"content":"a"}}]}\n\nevent: error\ndata: ${JSON.stringify({ error })}\n\n`
    simulator.script(name, Buffer.from(body))

    const answer = await hear(model(name))

    assert.equal(answer.text, 'a')
    assert.equal(answer.failure?.code, code, name)
  }
})

test('aborting closes the socket to the provider at once and ends the stream without a further part', async (t) => {
  const { simulator, model } = await startProvider(t)
  const stop = new AbortController()
  const parts = []

  for await (const read of model('sim-t9-hold3').stream(question(), stop.signal)) {
    parts.push(...read)
    if (parts.length === 3) stop.abort()
  }
  const ended = performance.now()
  const call = await simulator.nextCall()
  await call.closed

  assert.ok(performance.now() - ended < 1000)
  assert.equal(call.aborted, true)
  assert.equal(call.tokensSent, 3)
  assert.ok(parts.length === 3 && parts.every((part) => part.type === 'text-delta'))
})

test('aborting while the provider has not answered yet closes the socket too', async (t) => {
  const { simulator, model } = await startProvider(t)
  const stop = new AbortController()

  const hearing = hear(model('sim-h30000'), question(), stop.signal)
  const call = await simulator.nextCall()
  stop.abort()
  const answer = await hearing
  await call.closed

  assert.deepEqual(answer.parts, [])
  assert.equal(call.aborted, true)
})

test('aborting while the connection is being made asks nobody', async (t) => {
  const { simulator, model } = await startProvider(t)
  const stop = new AbortController()

  const hearing = hear(model('sim-endless'), question(), stop.signal)
  await Promise.resolve()
  stop.abort()
  const answer = await hearing
  await sleep(100)

  assert.deepEqual(answer.parts, [])
  assert.equal(simulator.calls.length, 0)
})

test('a signal that was aborted before asks nobody', async (t) => {
  const { simulator, model } = await startProvider(t)

  const answer = await hear(model('sim-t3'), question(), AbortSignal.abort())

  assert.deepEqual(answer.parts, [])
  assert.equal(simulator.calls.length, 0)
})

test('a consumer that goes away closes the socket', async (t) => {
  const { simulator, model } = await startProvider(t)

  for await (const _ of model('sim-endless').stream(question(), AbortSignal.timeout(20_000))) break
  const call = await simulator.nextCall()
  await call.closed

  assert.equal(call.aborted, true)
})

test('a connection is used again after an answer and after an error', async (t) => {
  const { simulator, model } = await startProvider(t)

  for (const name of ['sim-t5', 'sim-e500', 'sim-t5-done2', 'sim-t5-json']) {
    await hear(model(name))
    await simulator.calls.at(-1)!.closed
    await sleep(20)
  }

  assert.equal(simulator.calls.length, 4)
  assert.equal(new Set(simulator.calls.map((call) => call.clientPort)).size, 1)
})

test('many answers at once stay apart', async (t) => {
  const { simulator, model } = await startProvider(t)
  const names = Array.from({ length: 40 }, (_, n) => `sim-t${20 + n}${n % 2 ? '-u' : ''}-x37`)

  const answers = await Promise.all(names.map((name) => hear(model(name))))

  for (const [n, answer] of answers.entries()) assert.equal(answer.text, simulator.expectedText(names[n]!))
})

// R14: bytes are exact however they are cut.
for (const options of ['x1', 'x1-crlf', 'x2-crlf', 'x3-nonl', 'x5-crlf-nonl', 'x64', 'b0', 'g1', 'nonl']) {
  test(`[R14] characters of two to four bytes arrive exact: ${options}`, async (t) => {
    const { simulator, model } = await startProvider(t)
    const name = `sim-t12-u-think-${options}`

    const answer = await hear(model(name))

    assert.equal(answer.text, simulator.expectedText(name))
    assert.equal(answer.reasoning, expectedReasoning(name))
    assert.doesNotMatch(answer.text, /\uFFFD/)
    assert.equal(answer.last?.type, 'finish')
  })
}

// R15: upstream is untrusted.
test('[R15] bad JSON ends the answer as provider_malformed and closes the socket', async (t) => {
  const { simulator, model } = await startProvider(t)

  const answer = await hear(model('sim-t500-g5-bad4'))
  const call = await simulator.nextCall()
  await call.closed

  assert.equal(answer.text, simulator.expectedText('sim-t500-bad4'))
  assert.equal(answer.failure?.code, 'provider_malformed')
  assert.equal(call.aborted, true)
})

test('[R15] JSON that is no object, or deep beyond reason, does no harm', async (t) => {
  const { simulator, model } = await startProvider(t)
  for (const [n, data] of ['null', '7', '"text"', '[]', `${'['.repeat(400_000)}${']'.repeat(400_000)}`].entries()) {
    simulator.script(`shape-${n}`, Buffer.from(`data: ${data}\n\ndata: [DONE]\n\n`))
    assert.equal((await hear(model(`shape-${n}`))).failure?.code, 'provider_malformed', data.slice(0, 10))
  }
  const delta = { content: 5, reasoning: {}, tool_calls: 'x', refusal: false }
  const odd = JSON.stringify({ choices: [{ delta, finish_reason: 1 }], usage: { prompt_tokens: -1 } })
  const inherited = '{"__proto__":{"error":{"code":401}}}'
  simulator.script('wrong-types', Buffer.from(`data: ${odd}\n\ndata: ${inherited}\n\ndata: [DONE]\n\n`))

  const answer = await hear(model('wrong-types'))

  const usage = { input: null, cached_input: null, output: null, reasoning: null, estimated: false }
  assert.deepEqual(answer.parts, [{ type: 'finish', reason: 'other', usage }])
})

test('[R15] a line of 64 MiB is refused after the first of them, within bounded memory', async (t) => {
  const { simulator, model } = await startProvider(t)
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

test('[R15] an endless answer waits for whoever reads it, and ends when they leave', async (t) => {
  const { simulator, model } = await startProvider(t)
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
  assert.ok(waiting.length < 10_000, `${waiting.length} parts were held`)
  stop.abort()
  await call.closed
  assert.equal(call.aborted, true)
})

test('[R15] unknown events, comments and empty choices are passed over', async (t) => {
  const { simulator, model } = await startProvider(t)

  const answer = await hear(model('sim-t6-odd-crlf'))

  assert.equal(answer.text, simulator.expectedText('sim-t6'))
  assert.equal(answer.last?.type, 'finish')
})

test('[R15] [DONE] twice makes one finish', async (t) => {
  const { simulator, model } = await startProvider(t)

  const answer = await hear(model('sim-t6-done2'))

  assert.equal(answer.text, simulator.expectedText('sim-t6'))
  assert.equal(answer.parts.filter((part) => part.type === 'finish').length, 1)
})

test('[R15] usage that is missing is null, not zero', async (t) => {
  const { simulator, model } = await startProvider(t)
  simulator.script('partly', Buffer.from('data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":0}}\n\ndata: [DONE]\n\n'))

  const missing = await hear(model('sim-t6-nousage'))
  const partly = await hear(model('partly'))

  assert.deepEqual(missing.last, { type: 'finish', reason: 'complete', usage: null })
  const usage = { input: 3, cached_input: null, output: 0, reasoning: null, estimated: false }
  assert.deepEqual(partly.last, { type: 'finish', reason: 'other', usage })
})

test('[R15] a tool call comes whole, and one whose arguments are broken comes as it is', async (t) => {
  const { model } = await startProvider(t)

  const whole = await hear(model('sim-t7-tool-x3'))
  const broken = await hear(model('sim-t7-badtool'))

  assert.deepEqual(JSON.parse(whole.toolCalls[0]!.arguments), { query: 't000001 t000002 t000003 t000004 t000005 t000006 t000007' })
  assert.deepEqual([whole.toolCalls[0]!.id, whole.toolCalls[0]!.name], ['call_sim', 'search'])
  assert.ok(whole.last?.type === 'finish' && whole.last.reason === 'tool-calls')
  assert.throws(() => JSON.parse(broken.toolCalls[0]!.arguments))
  assert.ok(broken.last?.type === 'finish' && broken.last.reason === 'tool-calls')
})

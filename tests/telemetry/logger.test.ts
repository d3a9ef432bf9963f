import assert from 'node:assert/strict'
import { test } from 'node:test'
import Fastify from 'fastify'
import { createLogger } from '../../server/telemetry/logger.ts'

/** A logger at trace level, and every line it wrote. */
function listenedLogger(secrets: readonly string[] = []) {
  const lines: string[] = []
  return { logger: createLogger({ level: 'trace', secrets, destination: { write: (line) => void lines.push(line) } }), lines }
}

const canary = 'canary-7f3a9c51e2'

test('a line is one JSON object with level, time, facts and a sentence', () => {
  const { logger, lines } = listenedLogger()
  logger.child({ request_id: 'f_1' }).warn({ turnId: 't_1', rows: 3 }, 'lease lost')
  const line = JSON.parse(lines[0]!)
  assert.match(line.time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  assert.deepEqual({ ...line, time: '' }, { level: 'warn', time: '', request_id: 'f_1', turnId: 't_1', rows: 3, msg: 'lease lost' })
})

const fields = [
  'authorization', 'Authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'sec-websocket-protocol', 'token', 'access_token',
  'apiKey', 'api_key', 'OPENAI_API_KEY', 'keys', 'password', 'bearer', 'metricsToken', 'content', 'text', 'delta', 'prompt', 'question',
  'answer', 'title', 'body', 'payload', 'data', 'arguments', 'messages', 'parts', 'query',
]
for (const field of fields) {
  test(`what stands under "${field}" never appears, at any depth and in any shape`, () => {
    const { logger, lines } = listenedLogger()
    logger.info({ [field]: canary })
    logger.info({ headers: { deep: { deeper: { [field]: [canary] } } } })
    logger.info({ list: [{ [field]: { inner: canary } }] })
    logger.child({ [field]: canary }).info('a child')
    assert.equal(lines.length, 4)
    assert.ok(!lines.join('').includes(canary), lines.join(''))
  })
}

test('counts under a name of text stay, because a number is not text', () => {
  const { logger, lines } = listenedLogger()
  logger.info({ usage: { input: 12, output: 34, cached_input: null }, messages: 5 })
  assert.match(lines[0]!, /"usage":\{"input":12,"output":34,"cached_input":null\},"messages":5/)
})

test('a known secret is removed wherever it stands, also inside a sentence or a longer word', () => {
  const { logger, lines } = listenedLogger([canary, `${canary}-longer`])
  const refused = new Error(`refused: ${canary}`, { cause: new Error(`x${canary}y`) })
  logger.error({ err: refused, path: `/a/${canary}` }, `sentence ${canary}-longer`)
  assert.ok(!lines[0]!.includes(canary))
  assert.match(lines[0]!, /"msg":"sentence \[redacted\]"/)
})

const sentences = {
  'a bearer token': `Authorization: Bearer ${canary}`,
  'a bearer subprotocol': `parley.v2, bearer.${canary}`,
  'a provider key': `Incorrect API key provided: sk-proj-${canary}`,
  'a signed token': `token eyJhbGciOiJIUzI1NiJ9.${canary}.${canary}`,
  'a password in an address': `connect to postgres://ada:${canary}@db/parley`,
  'a query string': `GET /ws/v2/chat?token=${canary}&x=1`,
  'text that JSON.parse quotes': `Unexpected token 'h', "${canary}" is not valid JSON`,
}
for (const [what, sentence] of Object.entries(sentences)) {
  test(`${what} in a sentence is taken out`, () => {
    const { logger, lines } = listenedLogger()
    logger.error({ err: new Error(sentence), detail: sentence }, sentence)
    assert.ok(!lines[0]!.includes(canary), lines[0]!)
  })
}

test('a string that a client chose cannot hold the process up', () => {
  const { logger, lines } = listenedLogger()
  const began = performance.now()
  for (const piece of ['/', '?', '/?', 'a://', 'bearer ', 'sk-', 'eyJ.']) logger.info({ url: piece.repeat(1_000_000 / piece.length) })
  assert.ok(performance.now() - began < 1500)
  assert.ok(lines.every((line) => line.length < 8000))
})

test('the HTTP server writes its own lines through the same sieve', async (t) => {
  const { logger, lines } = listenedLogger()
  const server = Fastify({ loggerInstance: logger })
  t.after(() => server.close())
  server.post('/echo', async (request) => {
    request.log.info({ headers: request.headers, body: request.body }, 'seen')
    throw new Error(`Bearer ${canary}`)
  })
  const headers = { authorization: `Bearer ${canary}`, cookie: `s=${canary}` }
  await server.inject({ method: 'POST', url: `/echo?token=${canary}`, headers, payload: { content: canary } })
  assert.ok(lines.length >= 3)
  assert.ok(!lines.join('').includes(canary), lines.join(''))
  assert.match(lines.join(''), /"url":"\/echo"/)
})

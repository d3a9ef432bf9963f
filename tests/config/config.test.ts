import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError } from '../../server/config/config-error.ts'
import { dataPlace, readConfig, secretsOf } from '../../server/config/config.ts'
import type { Config } from '../../server/config/config.ts'
import { unavailableVariables } from '../../server/config/unavailable.ts'
import type { variables } from '../../server/config/variables.ts'

const read = (environment: Record<string, string>) => readConfig(environment, { workingDirectory: '/srv/parley' })

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    read(environment)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.problems
  }
  assert.fail('the configuration was accepted')
}

/** Each variable with a text that is not its default, and what that text does. */
const acting: Record<keyof typeof variables, readonly [text: string, pick: (config: Config) => unknown, value: unknown]> = {
  PORT: ['9090', (config) => config.port, 9090],
  PARLEY_HOST: ['[::1]', (config) => config.host, '::1'],
  PARLEY_DATA: ['elsewhere', (config) => config.dataDirectory, '/srv/parley/elsewhere'],
  PARLEY_AUTH: ['local', (config) => config.auth, 'local'],
  PARLEY_BASE_PATH: ['chat/room/', (config) => config.basePath, '/chat/room'],
  PARLEY_METRICS_TOKEN: ['a-token-of-enough-letters', (config) => config.metricsToken, 'a-token-of-enough-letters'],
  DATABASE_URL: ['postgres://ada:pass@db/parley', (config) => config.databaseUrl, 'postgres://ada:pass@db/parley'],
  EMERGENCE_TEMP_DEFAULT: ['.9', (config) => config.answers.temperature, 0.9],
  MAX_TOKENS_DEFAULT: ['256', (config) => config.answers.maxTokens, 256],
  ENABLE_STREAMING: ['False', (config) => config.answers.streaming, false],
  PARLEY_CONTEXT_TOKENS: ['8000', (config) => config.answers.contextTokens, 8000],
  PARLEY_PRICES: ['{"openai/*":{"input":1,"output":2}}', (config) => config.prices, { 'openai/*': { input: 1, output: 2 } }],
  PARLEY_FIND_LOCAL: ['false', (config) => config.findLocal, false],
  PARLEY_FIRST_DELTA_SECONDS: ['0.2', (config) => config.deadlines.firstDeltaMs, 200],
  PARLEY_IDLE_SECONDS: ['1.5', (config) => config.deadlines.idleMs, 1500],
  PARLEY_TURN_SECONDS: ['30', (config) => config.deadlines.turnMs, 30_000],
  PARLEY_DRAIN_SECONDS: ['8', (config) => config.drainMs, 8000],
  PARLEY_USER_TURNS: ['2', (config) => config.userLimits.turns, 2],
  PARLEY_USER_SOCKETS: ['3', (config) => config.userLimits.sockets, 3],
  PARLEY_USER_REQUESTS: ['60', (config) => config.userLimits.requestsPerMinute, 60],
  PARLEY_USER_SENDS: ['5', (config) => config.userLimits.sendsPerMinute, 5],
}

for (const [name, [text, pick, value]] of Object.entries(acting)) {
  test(`${name} acts`, () => {
    assert.deepEqual(pick(read({ [name]: text })), value)
  })
}

/** A text for each variable that it must refuse. */
const unreadable: Partial<Record<keyof typeof variables, readonly string[]>> = {
  PORT: ['80a', '-1', '65536', '1.5', '0x50'],
  PARLEY_HOST: ['not a host', 'http://127.0.0.1', '0.0.0.0', '::', '192.168.0.4', 'example.com'],
  PARLEY_AUTH: ['accounts', 'jwt', 'none'],
  PARLEY_BASE_PATH: ['/../up', '/a b', '/a?b', '/a//b', 'http://x'],
  PARLEY_METRICS_TOKEN: ['short', 'with a space between words'],
  DATABASE_URL: ['postgres://db', 'postgresql://ada:pass@db/', 'postgres:db', 'mysql://db/parley', 'sqlite:/var/other.db'],
  PARLEY_PRICES: ['no-such-file.json', '{', '{"gpt":{"input":1,"output":2}}', '{"openai/m":{"input":-1,"output":2}}', '{"openai/m":{"input":1}}', '{"openai/m":{"input":1,"output":"2"}}'],
  EMERGENCE_TEMP_DEFAULT: ['2.1', 'warm', '-0.1', '1e400'],
  MAX_TOKENS_DEFAULT: ['0', 'many'],
  ENABLE_STREAMING: ['maybe', '2'],
  PARLEY_CONTEXT_TOKENS: ['10', '32k'],
  PARLEY_FIRST_DELTA_SECONDS: ['0', '-1', '1m'],
  PARLEY_DRAIN_SECONDS: ['-1', '3601'],
  PARLEY_USER_TURNS: ['0'],
}

for (const [name, texts] of Object.entries(unreadable)) {
  test(`${name} that cannot be read is named, with what to set`, () => {
    for (const text of texts) {
      const problems = problemsOf({ [name]: text })
      assert.equal(problems.length, 1, `${name}=${text}`)
      assert.match(problems[0]!, new RegExp(`^${name} is .+: set .+\\.$`))
    }
  })
}

for (const name of Object.keys(unavailableVariables)) {
  test(`${name} is refused by name until its part is built`, () => {
    const problems = problemsOf({ [name]: 'x' })
    assert.equal(problems.length, 1)
    assert.match(problems[0]!, new RegExp(`^${name} is set, but .+ is not available in this version: unset ${name}\\.$`))
  })
}

test('a secret file of a part that is not built is refused by name', () => {
  assert.match(problemsOf({ VAULT_TOKEN_FILE: '/run/secrets/token' })[0]!, /^VAULT_TOKEN_FILE is set, but reading keys from Vault/)
})

test('without any variable everything has the documented default', () => {
  assert.deepEqual(read({}), {
    host: '127.0.0.1',
    port: 8080,
    basePath: '',
    dataDirectory: '/srv/parley/data',
    databaseUrl: null,
    auth: 'local',
    development: false,
    metricsToken: null,
    providers: [],
    findLocal: true,
    answers: { temperature: 0.4, maxTokens: 4096, streaming: true, contextTokens: 32_000 },
    prices: {},
    deadlines: { firstDeltaMs: 60_000, idleMs: 60_000, turnMs: 600_000 },
    drainMs: 30_000,
    userLimits: { turns: 8, sockets: 32, requestsPerMinute: 300, sendsPerMinute: 30 },
  })
})

test('a mistyped PARLEY_ name is an error that names the nearest one', () => {
  assert.deepEqual(problemsOf({ PARLEY_IDLE_SECOND: '5' }), [
    'PARLEY_IDLE_SECOND is not a variable of Parley: did you mean PARLEY_IDLE_SECONDS? Set that, or unset PARLEY_IDLE_SECOND.',
  ])
  assert.deepEqual(problemsOf({ PARLEY_QWERTYUIOP: '5' }), ['PARLEY_QWERTYUIOP is not a variable of Parley: unset it.'])
})

test('every mistake is told at once', () => {
  assert.equal(problemsOf({ PORT: 'x', PARLEY_DRAIN_SECONDS: 'x', PARLEY_X: 'x', REDIS_URL: 'x' }).length, 4)
})

test('a name of others is none of our business', () => {
  assert.equal(read({ PATH: '/bin', HOME: '/root', NODE_ENV: 'production' }).port, 8080)
})

test('a local sign-in on an address that others reach refuses to start and says what to set', () => {
  assert.match(problemsOf({ PARLEY_HOST: '0.0.0.0' })[0]!, /signs in whoever reaches that address: set PARLEY_HOST to 127\.0\.0\.1\./)
})

test('keys rotate: several with commas, trimmed, each once, in the order of preference of their providers', () => {
  const config = read({ GROQ_API_KEY: 'gsk_1', OPENAI_API_KEY: ' sk-1 ,sk-2,, sk-1', OPENAI_BASE_URL: 'http://127.0.0.1:18080/v1/' })
  assert.deepEqual(config.providers, [
    { id: 'openai', keys: ['sk-1', 'sk-2'], baseUrl: 'http://127.0.0.1:18080/v1' },
    { id: 'groq', keys: ['gsk_1'], baseUrl: null },
  ])
})

/** One key each, and its provider. */
const keyNames = {
  OPENAI_API_KEY: 'openai', ANTHROPIC_API_KEY: 'anthropic', GOOGLE_API_KEY: 'google', GEMINI_API_KEY: 'google', OPENROUTER_API_KEY: 'openrouter', GROQ_API_KEY: 'groq',
}

test('any subset of keys makes exactly its providers, in the order of preference', () => {
  const names = Object.entries(keyNames)
  for (let chosen = 0; chosen < 2 ** names.length; chosen++) {
    const subset = names.filter((_, place) => chosen & (1 << place))
    const { providers } = read(Object.fromEntries(subset.map(([name]) => [name, `key-of-${name}`])))
    assert.deepEqual(providers.map(({ id }) => id), [...new Set(subset.map(([, id]) => id))])
  }
})

test("Google's keys may stand under both of its names, and all are used", () => {
  const config = read({ GOOGLE_API_KEY: 'one', GEMINI_API_KEY: 'two,one', GEMINI_BASE_URL: 'http://127.0.0.1:9/v1beta' })
  assert.deepEqual(config.providers, [{ id: 'google', keys: ['one', 'two'], baseUrl: 'http://127.0.0.1:9/v1beta' }])
  assert.match(problemsOf({ GOOGLE_API_KEY: 'x', GOOGLE_BASE_URL: 'http://a', GEMINI_BASE_URL: 'http://b' })[0]!, /differ: unset one/)
})

test('endpoints of any name that speak the protocol of OpenAI come last, with a key where they have one', () => {
  const config = read({
    PARLEY_OPENAI_COMPATIBLE: 'Ollama=http://127.0.0.1:11434/v1, my-vllm = http://10.0.0.7:8000', MY_VLLM_API_KEY: 'v1,v2', GROQ_API_KEY: 'g',
  })
  assert.deepEqual(config.providers, [
    { id: 'groq', keys: ['g'], baseUrl: null },
    { id: 'ollama', keys: [], baseUrl: 'http://127.0.0.1:11434/v1' },
    { id: 'my-vllm', keys: ['v1', 'v2'], baseUrl: 'http://10.0.0.7:8000' },
  ])
})

test('a list of endpoints that cannot be read says what to set', () => {
  for (const text of ['http://127.0.0.1:11434', 'ollama', 'ollama=', '=http://x', 'a b=http://x', ',']) {
    assert.match(problemsOf({ PARLEY_OPENAI_COMPATIBLE: text })[0]!, /^PARLEY_OPENAI_COMPATIBLE is not a list of names/, text)
  }
  assert.match(problemsOf({ PARLEY_OPENAI_COMPATIBLE: 'x=ftp://y' })[0]!, /^PARLEY_OPENAI_COMPATIBLE holds what is not an address/)
  assert.match(problemsOf({ PARLEY_OPENAI_COMPATIBLE: 'openai=http://y' })[0]!, /names openai, which is a provider already/)
  assert.match(problemsOf({ PARLEY_OPENAI_COMPATIBLE: 'a=http://y,a=http://z' })[0]!, /names a twice/)
})

test('an address without a key would do nothing, so it is an error', () => {
  const problems = problemsOf({ OPENROUTER_BASE_URL: 'https://openrouter.ai' })
  assert.match(problems[0]!, /^OPENROUTER_BASE_URL is set, but OPENROUTER_API_KEY is not/)
})

test('an address must be one that can be called, and holds no password', () => {
  for (const address of ['ftp://x', 'x', 'https://ada:pass@x/', 'https://x/?key=1', 'https://x/#a']) {
    const problems = problemsOf({ OPENAI_API_KEY: 'sk-1', OPENAI_BASE_URL: address })
    assert.match(problems[0]!, /^OPENAI_BASE_URL is not an address/)
    assert.ok(!problems[0]!.includes('pass'))
  }
})

test('no error shows a secret', () => {
  const problems = problemsOf({
    OPENAI_API_KEY: 'sk-can ary-one',
    PARLEY_METRICS_TOKEN: 'canary two is not a token',
    DATABASE_URL: 'postgres://ada:canary@db/',
  }).join()
  assert.ok(!/can ?ary/.test(problems), problems)
})

test('sqlite is what there is without a database, by any of its names', () => {
  for (const text of ['sqlite', 'sqlite:', 'sqlite://']) assert.equal(read({ DATABASE_URL: text }).databaseUrl, null)
})

test('a database is shown without whoever signs in to it', () => {
  assert.equal(dataPlace(read({ DATABASE_URL: 'postgresql://ada:canary@db.example:6432/parley?sslmode=require' })), 'postgres://db.example:6432/parley')
  assert.equal(dataPlace(read({})), '/srv/parley/data')
})

test('the secrets of a configuration are listed for the logger', () => {
  const config = read({
    OPENAI_API_KEY: 'sk-1,sk-2', PARLEY_METRICS_TOKEN: 'a-token-of-enough-letters', DATABASE_URL: 'postgres://ada:pass%2Fword@db/parley',
  })
  assert.deepEqual(secretsOf(config), ['sk-1', 'sk-2', 'a-token-of-enough-letters', 'pass%2Fword', 'pass/word'])
})

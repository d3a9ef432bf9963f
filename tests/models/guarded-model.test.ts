/** Keys that rest, breakers that open, and what they do to the calls that go out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '../../server/lib/clock.ts'
import { routeLimits } from '../../server/lib/route-limits.ts'
import { GuardedModel } from '../../server/models/guarded-model.ts'
import type { LanguageModel, ModelPart } from '../../server/models/language-model.ts'
import { ProviderKey } from '../../server/models/provider-key.ts'
import { hear, question } from './ask.ts'

const failing = (code: string, retryAfterMs: number | null = null): ModelPart =>
  ({ type: 'failure', failure: { code: code as 'internal', status: 500, retryAfterMs, detail: 'made' } })
const finish: ModelPart = { type: 'finish', reason: 'complete', usage: null }
const answers: readonly ModelPart[] = [{ type: 'text-delta', text: 'a' }, finish]

/** A model over scripted keys: each call takes the next answer of its key. Time stands still until it is moved. */
function guarded(script: Readonly<Record<string, readonly (readonly ModelPart[])[]>>) {
  let elapsed = 1_000_000
  const asked: string[] = []
  const clock: Clock = { now: () => 0, monotonic: () => elapsed, after: () => () => {} }
  const keys = Object.entries(script).map(([key, given]) => {
    let calls = 0
    return new ProviderKey((name): LanguageModel => ({
      provider: 'p', model: name,
      async *stream() {
        asked.push(key)
        yield given[calls++] ?? answers
      },
    }))
  })
  const model = new GuardedModel('m', 'p', keys, clock)
  return { model, asked, pass: (milliseconds: number) => void (elapsed += milliseconds) }
}

const codeOf = async (model: LanguageModel) => (await hear(model)).failure?.code ?? 'answered'

test('keys are used in turn', async () => {
  const { model, asked } = guarded({ one: [], two: [], three: [] })

  for (let n = 0; n < 4; n++) await hear(model)

  assert.deepEqual(asked, ['one', 'two', 'three', 'one'])
})

test('[R11] a key that was told to wait rests for as long as it was told, and another takes its place', async () => {
  const { model, asked, pass } = guarded({ one: [[failing('provider_rate_limited', 7000)]], two: [] })

  await hear(model)
  for (let n = 0; n < 3; n++) assert.equal(await codeOf(model), 'answered')
  pass(6999)
  await hear(model)
  assert.deepEqual(asked, ['one', 'two', 'two', 'two', 'two'])
  pass(1)
  await hear(model)
  await hear(model)
  assert.ok(asked.slice(5).includes('one'))
})

test('[R11] where every key rests nobody is called, and the failure says for how long', async () => {
  const { model, asked, pass } = guarded({ one: [[failing('provider_rate_limited', 3000)]], two: [[failing('provider_rate_limited', 5000)]] })
  await hear(model)
  await hear(model)

  const { failure } = await hear(model)

  assert.equal(asked.length, 2)
  assert.deepEqual(failure, { code: 'provider_rate_limited', status: null, retryAfterMs: 3000, detail: 'not asked: told to wait' })
  assert.equal(model.rest()?.failure.retryAfterMs, 3000)
  pass(3000)
  assert.equal(model.rest(), null)
  assert.equal(await codeOf(model), 'answered')
})

test('a key that is told nothing rests a little, and none rests for hours', async () => {
  const short = guarded({ one: [[failing('provider_rate_limited')]] })
  const long = guarded({ one: [[failing('provider_rate_limited', 86_400_000)]] })
  await hear(short.model)
  await hear(long.model)

  assert.equal(short.model.rest()?.failure.retryAfterMs, routeLimits.restAfterRateLimitMs)
  assert.equal(long.model.rest()?.failure.retryAfterMs, routeLimits.longestRestMs)
})

test('a refused key rests while another is there, and the only one is asked all the same', async () => {
  const two = guarded({ one: [[failing('provider_refused_key')]], two: [] })
  const only = guarded({ one: [[failing('provider_refused_key')]] })

  await hear(two.model)
  assert.equal(two.model.hasSoundKey, true)
  for (let n = 0; n < 3; n++) await hear(two.model)
  await hear(only.model)
  assert.equal(only.model.hasSoundKey, false)

  assert.deepEqual(two.asked, ['one', 'two', 'two', 'two'])
  assert.equal(await codeOf(only.model), 'answered')
  two.pass(routeLimits.restAfterRefusalMs)
  await hear(two.model)
  await hear(two.model)
  assert.ok(two.asked.slice(4).includes('one'))
})

test('[R12] a model whose newest calls fail too often is not asked for a while; then one call decides', async () => {
  const { least, pauseMs } = routeLimits.breaker
  const broken = [failing('provider_overloaded')]
  const { model, asked, pass } = guarded({ one: [...Array.from({ length: least }, () => broken), broken] })
  for (let n = 0; n < least; n++) await hear(model)

  assert.equal((await hear(model)).failure?.detail, 'not asked: too many calls failed')
  assert.equal(asked.length, least)
  pass(pauseMs)
  assert.equal(await codeOf(model), 'provider_overloaded')
  pass(pauseMs)
  assert.match(model.rest()!.failure.detail, /too many calls failed/, 'the pause doubles')
  pass(pauseMs)
  assert.equal(await codeOf(model), 'answered')
  assert.equal(await codeOf(model), 'answered')
  assert.equal(asked.length, least + 3)
})

test('[R12] while one call decides, no other goes out; and one that is stopped decides nothing', async () => {
  const { least, pauseMs } = routeLimits.breaker
  const { model, asked, pass } = guarded({ one: Array.from({ length: least }, () => [failing('provider_unreachable')]) })
  for (let n = 0; n < least; n++) await hear(model)
  pass(pauseMs)

  const deciding = model.stream(question(), AbortSignal.timeout(1000))[Symbol.asyncIterator]()
  await deciding.next()
  assert.equal(asked.length, least + 1)
  await deciding.return?.(undefined)
  assert.equal(await codeOf(model), 'answered')
})

test('questions that were at fault, and refused keys, open no breaker', async () => {
  const { model } = guarded({ one: Array.from({ length: 30 }, (_, n) => [failing(n % 2 ? 'provider_rejected' : 'provider_refused_key')]) })

  for (let n = 0; n < 30; n++) assert.notEqual(await codeOf(model), 'provider_overloaded')
})

test('[R12] a provider that is too slow counts as failing, and one that is stopped by the user does not', async () => {
  const { least } = routeLimits.breaker
  const silent = () => {
    const stalled: LanguageModel = {
      provider: 'p', model: 'm',
      async *stream(_, signal) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
        yield []
      },
    }
    return new GuardedModel('m', 'p', [new ProviderKey(() => stalled)], { now: () => 0, monotonic: () => 5, after: () => () => {} })
  }
  const [slow, stopped] = [silent(), silent()]
  for (let n = 0; n < least; n++) {
    for (const [model, reason] of [[slow, { kind: 'failed', code: 'first_delta_timeout' }], [stopped, { kind: 'stopped' }]] as const) {
      const ending = new AbortController()
      const hearing = hear(model, question(), ending.signal)
      ending.abort(reason)
      await hearing
    }
  }

  assert.match(slow.rest()!.failure.detail, /too many calls failed/)
  assert.equal(stopped.rest(), null)
})

test('a key has only so many calls open at once', async () => {
  const { model } = guarded({ one: [] })
  const open = Array.from({ length: routeLimits.openCallsOfAKey }, () => model.stream(question(), AbortSignal.timeout(5000))[Symbol.asyncIterator]())
  await Promise.all(open.map((call) => call.next()))

  assert.equal((await hear(model)).failure?.detail, 'not asked: too many calls are open')
  await open[0]!.return?.(undefined)
  assert.equal(await codeOf(model), 'answered')
})

/** Who answers when the first of the route cannot. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TurnEvent } from '#protocol/turn-events.ts'
import type { Attempt, Receipt } from '#protocol/turn.ts'
import { builtInAgents } from '../../server/agents/built-in-agents.ts'
import { systemClock, type Clock } from '../../server/lib/clock.ts'
import { routeLimits } from '../../server/lib/route-limits.ts'
import type { LanguageModel, ModelPart } from '../../server/models/language-model.ts'
import { openAICompatibleProviders } from '../../server/models/openai-compatible/openai-compatible-model.ts'
import type { RetryBudget } from '../../server/turn/retry-budget.ts'
import { textOf, type ChatClient } from '../support/chat-client.ts'
import { startProviderSimulator } from '../support/provider-simulator.ts'
import { startApp, type Person, type StartOptions, type TestApp } from '../support/start-app.ts'

const unlimited = { PARLEY_USER_TURNS: '1000', PARLEY_USER_SENDS: '100000', PARLEY_USER_REQUESTS: '100000' }
const first = 'openai/gpt-4o-mini'
const second = 'anthropic/claude-haiku-4-5'

interface Two extends TestApp {
  readonly client: ChatClient
  readonly ada: Person
  /** What the models of the route do, by the names of simulated ones. */
  play(openai: string, anthropic: string): void
}

/** An app with two providers, which speak different protocols, behind the route of its first agent. */
async function startTwo(t: TestContext, options: StartOptions = {}): Promise<Two> {
  const other = await startProviderSimulator()
  t.after(() => other.close())
  const app = await startApp(t, { ...options, environment: { ANTHROPIC_API_KEY: 'sk-ant', ANTHROPIC_BASE_URL: other.url, ...unlimited, ...options.environment } })
  const ada = app.signIn('ada@acme')
  const client = await ada.connect()
  return Object.assign(Object.create(app) as TestApp, {
    ada, client,
    play(openai: string, anthropic: string) {
      app.provider.answerAs('gpt-4o-mini', openai)
      other.answerAs('claude-haiku-4-5', anthropic)
    },
  })
}

async function receiptOf(ada: Person, events: readonly TurnEvent[]): Promise<Receipt> {
  return (await ada.call('GET', `/api/v1/chat/turns/${events[0]!.payload.turn_id}/receipt`)).body
}

const told = (attempts: readonly Attempt[]) => attempts.map(({ provider, model, error }) => [`${provider}/${model}`, error])

for (const [fault, error] of [
  ['sim-t9-cut0', 'provider_cut'], ['sim-cuthead', 'provider_cut'], ['sim-e429', 'provider_rate_limited'], ['sim-e401', 'provider_refused_key'],
  ['sim-e404', 'provider_rejected'], ['sim-t9-bad1', 'provider_malformed'], ['sim-huge2-t0', 'provider_malformed'],
] as const) {
  test(`[R09] [R15] ${fault} before the first delta: the other provider answers, and receipt and answer say who did`, async (t) => {
    const { client, ada, play } = await startTwo(t)
    play(fault, 'sim-t5')

    const events = await client.say('Hello')

    const last = events.at(-1)!
    assert.equal(textOf(events), 't000001 t000002 t000003 t000004 t000005')
    assert.ok(last.type === 'chat.done' && `${last.payload.provider}/${last.payload.model}` === second)
    const receipt = await receiptOf(ada, events)
    assert.deepEqual(told(receipt.attempts), [[first, error], [second, null]])
    assert.equal(receipt.provider, 'anthropic')
  })
}

test('a question that was rejected is not asked elsewhere', async (t) => {
  const { client, ada, play } = await startTwo(t)
  for (const fault of ['sim-e400', 'sim-e413', 'sim-e422']) {
    play(fault, 'sim-t5')

    const events = await client.say('Hello')

    assert.equal(events.at(-1)!.type, 'chat.failed')
    assert.deepEqual(told((await receiptOf(ada, events)).attempts), [[first, 'provider_rejected']])
  }
})

test('[R09] [T11] what fails after the first delta is asked of nobody else, and what came stays', async (t) => {
  const { client, ada, play } = await startTwo(t)
  for (const fault of ['sim-t9-cut1', 'sim-t9-cut8', 'sim-t9-err3', 'sim-t9-nodone']) {
    play(fault, 'sim-t5')

    const events = await client.say('Hello')

    const receipt = await receiptOf(ada, events)
    assert.deepEqual(receipt.attempts.map(({ provider, state }) => [provider, state]), [['openai', 'interrupted']], fault)
    assert.equal(receipt.usage?.estimated, true)
    assert.ok(textOf(events).startsWith('t000001'))
  }
})

test('[MO12] an answer that is withheld without a word says so, and no other model is asked for it', async (t) => {
  const { client, ada, play } = await startTwo(t)
  play('sim-t0-filter', 'sim-t5')

  const events = await client.say('Hello')

  const last = events.at(-1)!
  assert.ok(last.type === 'chat.failed' && last.payload.code === 'answer_withheld' && !last.payload.retryable)
  const { attempts, usage } = await receiptOf(ada, events)
  assert.deepEqual(told(attempts), [[first, 'answer_withheld']])
  assert.equal(usage?.estimated, false)
})

/** What is wrong with when a turn of silent candidates ended; the machine may be slow. */
const wrongEnd = (took: number, deadlineMs: number) => (took >= 0.95 * deadlineMs && took < deadlineMs + 1500 ? [] : [`ended after ${Math.round(took)} ms`])

test('[R13] however slow every candidate is, there is one deadline, and each of them had its time', async (t) => {
  const { client, ada, play } = await startTwo(t, { environment: { PARLEY_FIRST_DELTA_SECONDS: '1' } })
  play('sim-stall0', 'sim-stall0')
  const asked = performance.now()

  const events = await client.say('Hello')

  const took = performance.now() - asked
  assert.deepEqual(wrongEnd(took, 1000), [])
  assert.deepEqual(told((await receiptOf(ada, events)).attempts), [[first, 'first_delta_timeout'], [second, 'first_delta_timeout']])
})

test('[R13] the check notices deadlines that add up', async (t) => {
  const addedUp: Clock = { ...systemClock, after: (milliseconds, action) => systemClock.after(milliseconds <= 1000 && milliseconds > 200 ? 3 * milliseconds : milliseconds, action) }
  const { client, play } = await startTwo(t, { environment: { PARLEY_FIRST_DELTA_SECONDS: '1' }, overrides: { clock: addedUp } })
  play('sim-stall0', 'sim-stall0')
  const asked = performance.now()

  await client.say('Hello')

  assert.equal(wrongEnd(performance.now() - asked, 1000).length, 1)
})

test('[R13] a candidate that does not begin gives way while there is time for the next', async (t) => {
  const { client, play } = await startTwo(t, { environment: { PARLEY_FIRST_DELTA_SECONDS: '2' } })
  play('sim-h60000', 'sim-t3')

  const events = await client.say('Hello')

  assert.equal(textOf(events), 't000001 t000002 t000003')
})

test('a second key takes the place of one that was refused, for the same model', async (t) => {
  const app = await startApp(t, { environment: { OPENAI_API_KEY: 'sk-old,sk-new', ...unlimited } })
  const ada = app.signIn('ada@acme')
  const client = await ada.connect()

  const events = await client.say('Hello', { model: 'openai/sim-t2-e401n1' })
  await client.say('Again', { model: 'openai/sim-t2-s2' })

  assert.deepEqual(told((await receiptOf(ada, events)).attempts), [['openai/sim-t2-e401n1', 'provider_refused_key'], ['openai/sim-t2-e401n1', null]])
  assert.deepEqual(app.provider.calls.map(({ headers }) => headers.authorization), ['Bearer sk-old', 'Bearer sk-new', 'Bearer sk-new'])
})

for (const [variable, provider] of [
  ['ANTHROPIC', 'anthropic'], ['GEMINI', 'google'], ['OPENROUTER', 'openrouter'],
] as const) {
  test(`the key of ${variable} alone serves every agent that comes with Parley`, async (t) => {
    const simulator = await startProviderSimulator()
    t.after(() => simulator.close())
    const app = await startApp(t, { withProvider: false, environment: { [`${variable}_API_KEY`]: 'k', [`${variable}_BASE_URL`]: simulator.url } })
    const client = await app.signIn('ada@acme').connect()

    for (const agent of builtInAgents) {
      const last = (await client.say('Hello', { agent_id: agent.id })).at(-1)!

      assert.ok(last.type === 'chat.done' && last.payload.provider === provider, agent.id)
    }
    assert.equal(simulator.calls.length, builtInAgents.length)
  })
}

test('an endpoint that the operator added answers under its name, without a key', async (t) => {
  const simulator = await startProviderSimulator()
  t.after(() => simulator.close())
  const app = await startApp(t, { withProvider: false, environment: { PARLEY_OPENAI_COMPATIBLE: `my-vllm=${simulator.url}` } })
  const client = await app.signIn('ada@acme').connect()

  const last = (await client.say('Hello', { model: 'my-vllm/sim-t3' })).at(-1)!

  assert.ok(last.type === 'chat.done' && last.payload.provider === 'my-vllm' && last.payload.model === 'sim-t3')
  assert.equal(simulator.calls[0]?.headers.authorization, undefined)
})

interface Storm {
  readonly turns: number
  readonly calls: number
  readonly failed: number
  readonly mostAttempts: number
  /** Of second and third calls under way at once, how many more than allowed; 0 when it kept within. */
  readonly retriesBeyond: number
}

const personAt = (n: number) => `${'abcdefghijklmnopqrstuvwxyz'[n]}da@acme`

/** So many people ask, over and over, for a while. */
async function storm(two: Two, calls: () => number, { people, forMs }: { people: number; forMs: number }): Promise<Storm> {
  const clients = await Promise.all(Array.from({ length: people }, (_, n) => two.signIn(personAt(n)).connect()))
  const ended: { readonly events: readonly TurnEvent[]; readonly person: number }[] = []
  const until = performance.now() + forMs
  const before = calls()
  await Promise.all(clients.map(async (client, person) => {
    while (performance.now() < until) {
      ended.push({ events: await client.say('Hello'), person })
      await sleep(20)
    }
  }))
  const receipts = await Promise.all(ended.map(({ events, person }) => receiptOf(two.signIn(personAt(person)), events)))
  return {
    turns: ended.length, calls: calls() - before, failed: ended.filter(({ events }) => events.at(-1)!.type !== 'chat.done').length,
    mostAttempts: Math.max(...receipts.map(({ attempts }) => attempts.length)), retriesBeyond: retriesBeyond(receipts),
  }
}

function retriesBeyond(receipts: readonly Receipt[]): number {
  const { share, least } = routeLimits.retries
  const span = (from: string, to: string | null) => ({ from: Date.parse(from), to: Date.parse(to!) })
  const turns = receipts.map(({ timings }) => span(timings.accepted_at, timings.closed_at))
  const retries = receipts.flatMap(({ attempts }) => attempts.filter((_, n) => n > 0 && attempts[n - 1]!.provider_status !== null)).map(({ started_at, ended_at }) => span(started_at, ended_at))
  const at = (spans: typeof turns, moment: number) => spans.filter(({ from, to }) => from <= moment && moment < to).length
  return Math.max(0, ...retries.map(({ from }) => at(retries, from) - Math.max(least, Math.ceil(share * at(turns, from)))))
}

/** What is wrong with how a storm of 429 went. */
function wrongWith429({ turns, calls, failed }: Storm): readonly string[] {
  return [
    ...(calls > 1.2 * turns ? [`${calls} calls for ${turns} turns`] : []),
    ...(failed > 0 ? [`${failed} turns failed while somebody else could answer`] : []),
  ]
}

test('[R11] a storm of 429 is not made worse: Retry-After is honoured, everybody is answered, and recovery takes no longer than it says', async (t) => {
  const two = await startTwo(t)
  two.play('sim-e429-ra1', 'sim-t3')

  const during = await storm(two, () => two.provider.calls.length, { people: 10, forMs: 1500 })
  two.play('sim-t3', 'sim-t3')
  const recovered = performance.now()
  for (;;) {
    const last = (await two.client.say('Hello')).at(-1)!
    if (last.type === 'chat.done' && last.payload.provider === 'openai') break
    assert.ok(performance.now() - recovered < 6000, 'never recovered')
  }

  t.diagnostic(`${during.turns} turns, ${during.calls} calls of the one that refuses; recovered after ${Math.round(performance.now() - recovered)} ms`)
  assert.deepEqual(wrongWith429(during), [])
})

/** As one writes it in a hurry: asked again at once, and again, whatever the provider says. */
function hammering(model: LanguageModel): LanguageModel {
  return {
    ...model,
    async *stream(request, signal) {
      for (let n = 0; n < 3; n++) {
        const held: ModelPart[] = []
        for await (const parts of model.stream(request, signal)) held.push(...parts)
        if (n === 2 || held.at(-1)?.type !== 'failure') yield held
        if (held.at(-1)?.type !== 'failure') return
      }
    },
  }
}

test('[R11] the check notices who asks again at once', async (t) => {
  const simulator = await startProviderSimulator()
  const providers = openAICompatibleProviders()
  t.after(async () => {
    await providers[Symbol.asyncDispose]()
    await simulator.close()
  })
  const model = providers.connect({ id: 'openai', key: 'k', baseUrl: simulator.url })
  const two = await startTwo(t, { overrides: { models: { configured: ['openai'], find: (_, name) => hammering(model(name)) } } })
  simulator.answerAs('gpt-4o-mini', 'sim-e429-ra1')

  const during = await storm(two, () => simulator.calls.length, { people: 4, forMs: 400 })

  assert.equal(wrongWith429(during).length, 2, JSON.stringify(during))
})

/** What is wrong with how a flapping provider was met. */
function wrongWithFlapping({ turns, failed, mostAttempts, retriesBeyond }: Storm): readonly string[] {
  return [
    ...(failed > turns / 100 ? [`${failed} of ${turns} turns failed`] : []),
    ...(mostAttempts > 3 ? [`${mostAttempts} attempts of one turn`] : []),
    // Turns close while the books of their calls are still open: the two counts are not of the same instant.
    ...(retriesBeyond > 2 ? [`${retriesBeyond} retries more than allowed at once`] : []),
  ]
}

test('[R12] a provider that fails half of the time costs nobody an answer, and few second calls', async (t) => {
  const two = await startTwo(t)
  two.play('sim-t3-e500-half', 'sim-t3-f50')

  const during = await storm(two, () => two.provider.calls.length, { people: 20, forMs: 1500 })

  t.diagnostic(JSON.stringify(during))
  assert.deepEqual(wrongWithFlapping(during), [])
  assert.ok(during.calls <= 20 + during.turns / 2, 'the breaker never opened')
})

test('[R12] the check notices a budget that lets all second calls through', async (t) => {
  const two = await startTwo(t)
  const free: Pick<RetryBudget, 'begin'> = { begin: async () => ({ [Symbol.dispose]: () => {} }) }
  two.app.turns.retries.begin = free.begin
  two.play('sim-e500-h50', 'sim-t3-f300')

  const during = await storm(two, () => two.provider.calls.length, { people: 20, forMs: 300 })

  assert.match(wrongWithFlapping(during).join(), /retries more than allowed/, JSON.stringify(during))
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../server/lib/clock.ts'
import { estimateTextTokens } from '../../server/lib/estimate-tokens.ts'
import { O200kCounter } from '../../server/models/o200k/o200k-counter.ts'
import type { TokenCounter } from '../../server/models/token-counter.ts'
import { TokenEstimates } from '../../server/turn/token-estimates.ts'

const model = { provider: 'anthropic', model: 'm' }
const words = { text: 'lorem ipsum dolor sit amet '.repeat(40), reasoning: '' }
const usage = (input: number, output: number, reasoning: number | null = null) => ({ input, cached_input: null, output, reasoning, estimated: false })
const never: TokenCounter = { count: () => new Promise(() => {}) }

test('[MY6] an estimate is set right by what the provider counted before, for this model and no other', async (t) => {
  const counter = new O200kCounter()
  t.after(() => counter[Symbol.asyncDispose]())
  const [real] = await counter.count([words.text])
  const estimates = new TokenEstimates(counter, systemClock)
  assert.equal((await estimates.output(model, words)).text, real)

  estimates.learn(model, 100, words, usage(150, Math.round(real! * 1.5)))
  await counter.count([''])

  assert.ok(Math.abs((await estimates.output(model, words)).text - real! * 1.5) <= 1)
  assert.equal((await estimates.output({ ...model, model: 'other' }, words)).text, real)
  assert.deepEqual([estimates.input(model, 1000), estimates.input({ ...model, model: 'other' }, 1000)], [1500, 1000])
})

test('[MY6] reasoning that is not shown teaches nothing of the text', async () => {
  const estimates = new TokenEstimates(never, systemClock)
  const bytes = estimateTextTokens(words.text)
  estimates.learn(model, 100, words, usage(100, bytes + 5000, 5000))
  assert.equal((await estimates.output(model, words)).text, bytes)
})

test('[MY6] an end waits for no counter: then bytes are counted, and set right too', async () => {
  const estimates = new TokenEstimates(never, systemClock)
  const bytes = estimateTextTokens(words.text)
  estimates.learn(model, 100, words, usage(100, Math.round(bytes / 2)))
  const began = performance.now()

  const { text } = await estimates.output(model, words)

  assert.ok(Math.abs(text - bytes / 2) <= 1)
  assert.ok(performance.now() - began < 1500)
})

test('[MY6] a counter that fails is no failure of the turn', async () => {
  const estimates = new TokenEstimates({ count: () => Promise.reject(new Error('gone')) }, systemClock)
  assert.equal((await estimates.output(model, words)).text, estimateTextTokens(words.text))
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countTokens as reference } from 'gpt-tokenizer/encoding/o200k_base'
import { countTokens } from '../../server/models/o200k/count-tokens.ts'
import { O200kCounter } from '../../server/models/o200k/o200k-counter.ts'

test('[MY6] ordinary text counts as the tokenizer counts it', () => {
  for (const text of ['', 'Hello, world!', 'L’été, il fait chaud.\n\n  - un\n  - deux\n', 'const a = [1, 2, 3]\n', '漢字かな交じり文', '👩‍👩‍👧 family']) {
    assert.equal(countTokens(text), reference(text), text)
  }
})

test('[MY6] words without an end take no more than a moment, and are about as many tokens', () => {
  for (const text of ['a'.repeat(100_000), '漢字'.repeat(50_000), ' '.repeat(100_000), '-'.repeat(100_000), '👩‍👧'.repeat(20_000)]) {
    const began = performance.now()
    const tokens = countTokens(text)
    // Uncut, each takes 40 seconds or more.
    assert.ok(performance.now() - began < 3000, JSON.stringify(text.slice(0, 4)))
    assert.ok(tokens > 500 && tokens <= Buffer.byteLength(text))
  }
})

test('[MY6] what looks like a control token is text', () => {
  assert.ok(countTokens('<|endoftext|><|im_start|>') > 2)
})

test('[MY6] a text over 200,000 characters counts as if it went on as it began', () => {
  const once = countTokens('lorem ipsum '.repeat(10_000))
  assert.ok(Math.abs(countTokens('lorem ipsum '.repeat(80_000)) / once - 8) < 0.01)
})

test('[MY6] counting holds up nobody: it is done in a thread', async () => {
  await using counter = new O200kCounter()
  let ticks = 0
  const timer = setInterval(() => ticks++, 1)
  const counts = await counter.count(['Hello, world!', 'lorem ipsum dolor '.repeat(10_000)])
  clearInterval(timer)
  assert.deepEqual(counts, ['Hello, world!', 'lorem ipsum dolor '.repeat(10_000)].map(countTokens))
  assert.ok(ticks > 5, `${ticks} ticks`)
})

test('[MY6] a counter that is closed says so', async () => {
  const counter = new O200kCounter()
  const asked = counter.count(['Hello'])
  asked.catch(() => {})
  await counter[Symbol.asyncDispose]()
  await assert.rejects(asked, /ended/)
  await assert.rejects(counter.count(['Hello']), /closed/)
})

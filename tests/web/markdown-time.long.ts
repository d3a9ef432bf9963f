/** [W12] A mebibyte of answer in ten thousand deltas, each drawn as it comes. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { closeBrowser, withoutBrowser } from '../support/browser.ts'
import { mixedAnswer } from '../support/prose-page/made-answers.ts'
import { openProsePage } from '../support/prose-page/open-prose-page.ts'

after(closeBrowser)

const mebibyte = 2 ** 20
/** The limits are 32 milliseconds and 2.5 times; the machine may be busy. */
const limits = { p95: 96, ratio: 3.5 }

test('[W12] a mebibyte in 10,000 deltas keeps its frame time, and twice the text takes twice the time', { skip: withoutBrowser }, async (t) => {
  const { page } = await openProsePage(t)
  const stream = (characters: number, deltas: number) =>
    page.evaluate(([text, count]) => window.prose.stream('ours', text, { deltas: count, perFrame: 1, paced: false }), [mixedAnswer(characters), deltas] as const)
  const half = await stream(mebibyte / 2, 5000)
  const whole = await stream(mebibyte, 10_000)
  const p95 = whole.work.toSorted((a, b) => a - b)[Math.floor(whole.work.length * 0.95)]!
  t.diagnostic(`p95 ${p95.toFixed(1)} ms; ${half.seconds.toFixed(1)} s, then ${whole.seconds.toFixed(1)} s; layout shift ${whole.shift.toFixed(4)}`)

  assert.ok(p95 <= limits.p95, `${p95} ms`)
  assert.ok(whole.seconds <= limits.ratio * half.seconds, `${half.seconds} s, then ${whole.seconds} s`)
  assert.ok(whole.shift < 0.01, `layout shift ${whole.shift}`)
})

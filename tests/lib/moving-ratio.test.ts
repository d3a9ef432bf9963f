import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MovingRatios } from '../../server/lib/moving-ratio.ts'

test('[MY6] a ratio is what was seen so far, and follows what changes', () => {
  const ratios = new MovingRatios()
  assert.equal(ratios.of('a'), 1)
  ratios.learn('a', 100, 130)
  assert.equal(ratios.of('a'), 1.3)
  ratios.learn('a', 100, 110)
  assert.ok(Math.abs(ratios.of('a') - 1.2) < 1e-9)
  for (let n = 0; n < 60; n++) ratios.learn('a', 100, 200)
  assert.ok(Math.abs(ratios.of('a') - 2) < 0.01)
  assert.equal(ratios.of('b'), 1)
})

test('[MY6] figures that make no sense teach nothing', () => {
  const ratios = new MovingRatios()
  for (const [estimated, real] of [[0, 5], [5, 0], [0, 0], [10, 1000], [1000, 10], [NaN, 1]] as const) ratios.learn('a', estimated, real)
  assert.equal(ratios.of('a'), 1)
})

test('[MY6] names come from outside, so no more than some are kept', () => {
  const ratios = new MovingRatios()
  for (let n = 0; n < 1000; n++) ratios.learn(`model-${n}`, 1, 2)
  assert.equal(ratios.of('model-0'), 1)
  assert.equal(ratios.of('model-999'), 2)
})

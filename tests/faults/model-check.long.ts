/** The hostile model check at length, and the proof that it would find what is planted. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { checkSchedules, written } from '../support/model-check/check-schedules.ts'
import { openGround } from '../support/model-check/ground.ts'
import { plantedBugs } from '../support/model-check/planted-bugs.ts'

const ground = openGround()
after(() => ground[Symbol.asyncDispose]())

/** MODEL_CHECK_SEED=… looks elsewhere. */
const seed = Number(process.env['MODEL_CHECK_SEED'] ?? 43)
const count = 10_000

test(`[R43] ${count} hostile schedules break no promise`, async (t) => {
  const began = performance.now()
  const { found, runs } = await checkSchedules(ground, { seed, count })
  const figures = [...ground.figures].map(([what, times]) => `${what} ${times}`).join(', ')
  t.diagnostic(`seed ${seed}: ${runs} schedules in ${Math.round(performance.now() - began)} ms; ${figures}`)

  assert.equal(found, null, found ? `${found.violation}\n${written(found.schedule)}` : '')
})

for (const [bug, overrides] of Object.entries(plantedBugs)) {
  test(`[R43] random schedules find: ${bug}`, async (t) => {
    const { found, runs } = await checkSchedules(ground, { seed, count, overrides })
    assert.ok(found, `not found in ${runs} schedules`)
    t.diagnostic(`seed ${seed}: found after ${runs} schedules: ${found.violation}\n${written(found.schedule)}`)
  })
}

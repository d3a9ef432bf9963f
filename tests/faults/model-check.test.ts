/**
 * The hostile model check: random schedules of sends, lost acknowledgements, deaths, takeovers, stops, stale cursors and slow
 * disks over the real turn, store and sockets, with a clock, ids, models and connections that only the schedule moves. See
 * tests/support/model-check/.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { checkSchedules, written } from '../support/model-check/check-schedules.ts'
import { openGround } from '../support/model-check/ground.ts'
import { plantedBugs, type PlantedBug } from '../support/model-check/planted-bugs.ts'
import { pastBugs, pinnedSchedules } from '../support/model-check/pinned-schedules.ts'
import { runSchedule } from '../support/model-check/run-schedule.ts'

const ground = openGround()
after(() => ground[Symbol.asyncDispose]())

/** MODEL_CHECK_SEED=… looks elsewhere. */
const seed = Number(process.env['MODEL_CHECK_SEED'] ?? 43)
const count = process.env['FAULTS'] === 'full' ? 2000 : 250

test(`[R43] ${count} hostile schedules break no promise`, async (t) => {
  const began = performance.now()
  const { found, runs } = await checkSchedules(ground, { seed, count })
  const figures = [...ground.figures].map(([what, times]) => `${what} ${times}`).join(', ')
  t.diagnostic(`seed ${seed}: ${runs} schedules in ${Math.round(performance.now() - began)} ms; ${figures}`)

  assert.equal(found, null, found ? `${found.violation}\n${written(found.schedule)}` : '')
  for (const what of ['turns completed', 'turns stopped', 'turns failed', 'turns interrupted', 'turns taken over', 'deaths']) {
    assert.ok((ground.figures.get(what) ?? 0) >= count / 20, `too few ${what}: ${figures}`)
  }
})

for (const [bug, { breaks, steps, finishes }] of Object.entries(pinnedSchedules)) {
  test(`[R43] the check finds a planted bug: ${bug}`, async () => {
    const withBug = await runSchedule(ground, { seed: 0, steps, finishes }, plantedBugs[bug as PlantedBug])
    const without = await runSchedule(ground, { seed: 0, steps, finishes })

    assert.match(withBug ?? 'nothing was found', new RegExp(`\\[${breaks}\\]`))
    assert.equal(without, null)
  })
}

for (const [promise, schedule] of Object.entries(pastBugs)) {
  test(`[R43] ${promise}`, async () => {
    for (const order of [0, 1, 2, 3]) assert.equal(await runSchedule(ground, { seed: order, ...schedule }), null)
  })
}

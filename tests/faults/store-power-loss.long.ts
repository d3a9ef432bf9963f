import assert from 'node:assert/strict'
import { test } from 'node:test'
import { losePower } from '../support/power-loss-trial.ts'
import { straceMissing } from '../support/power-loss.ts'
import { temporaryFolder } from '../support/store-folder.ts'

const seeds = [20261120, 7, 42]

for (const seed of seeds) {
  test(`[R05] [ST3] a power loss at any moment leaves a whole commit with all that was acknowledged (seed ${seed})`, { skip: straceMissing() && 'strace is not installed' }, async (t) => {
    const trial = await losePower(temporaryFolder(t), { store: 'sqlite', turns: 40, share: 1, seed })

    t.diagnostic(`${trial.states} states of the disk out of ${trial.events} events, ${trial.acknowledged} lines said, ${trial.checkpoints} checkpoints, seed ${seed}`)
    assert.deepEqual(trial.violations, [])
    assert.ok(trial.checkpoints >= 1, 'the log was never folded into the database')
  })
}

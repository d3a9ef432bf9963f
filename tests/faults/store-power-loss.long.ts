import assert from 'node:assert/strict'
import { test } from 'node:test'
import { losePower } from '../support/power-loss-trial.ts'
import { straceMissing } from '../support/power-loss.ts'
import { temporaryFolder } from '../support/store-folder.ts'

/** One life of the store at every moment, and others at a tenth of them. */
const lives = [{ seed: 20261120, share: 1 }, { seed: 7, share: 0.1 }, { seed: 42, share: 0.1 }]

for (const { seed, share } of lives) {
  test(`[R05] [ST3] a power loss leaves a whole commit with all that was acknowledged (seed ${seed})`, { skip: straceMissing() && 'strace is not installed' }, async (t) => {
    const trial = await losePower(temporaryFolder(t), { store: 'sqlite', turns: 40, share, seed })

    t.diagnostic(`${trial.states} states of the disk out of ${trial.events} events, ${trial.acknowledged} lines said, ${trial.checkpoints} checkpoints, seed ${seed}`)
    assert.deepEqual(trial.violations, [])
    assert.ok(trial.checkpoints >= 1, 'the log was never folded into the database')
  })
}

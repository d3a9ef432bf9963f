import assert from 'node:assert/strict'
import { test } from 'node:test'
import { losePower } from '../support/power-loss-trial.ts'
import { straceMissing } from '../support/power-loss.ts'
import { temporaryFolder } from '../support/store-folder.ts'

const seed = 20261120
const withoutStrace = straceMissing() && 'strace is not installed'

test('[R05] [ST3] after a power loss the store stands at a whole commit, with all that was acknowledged', { skip: withoutStrace }, async (t) => {
  const trial = await losePower(temporaryFolder(t), { store: 'sqlite', turns: 20, share: 0.02, seed })

  t.diagnostic(`${trial.states} states of the disk out of ${trial.events} events, ${trial.acknowledged} lines said, ${trial.checkpoints} checkpoints, seed ${seed}`)
  assert.deepEqual(trial.violations, [])
  assert.ok(trial.states > 50, `${trial.states} states`)
  assert.ok(trial.checkpoints >= 1, 'the log was never folded into the database')
})

test('[R05] the check finds commits that are not flushed', { skip: withoutStrace }, async (t) => {
  const trial = await losePower(temporaryFolder(t), { store: 'unflushed commits', turns: 2, share: 0.3, seed })

  assert.match(trial.violations[0] ?? 'not found', /none of what was not flushed: .* was acknowledged and is lost/)
})

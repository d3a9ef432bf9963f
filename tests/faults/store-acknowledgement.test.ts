import assert from 'node:assert/strict'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test, type TestContext } from 'node:test'
import { acknowledgedBy, auditStore } from '../support/store-audit.ts'
import { closeStore, openStore, temporaryFolder } from '../support/store-folder.ts'
import { kill, rounds, seeded, startWorkload, twoAtATime } from '../support/store-process.ts'
import { rowText, type Workload } from '../support/store-workload.ts'

const seed = 20261120

/** Kills a store 0 to 5 ms after one of its acknowledgements, and tells what of them is not there afterwards. */
async function killAfterAcknowledgement(t: TestContext, round: number, store: Workload['store']): Promise<readonly string[]> {
  const random = seeded(seed + round)
  const directory = join(temporaryFolder(t), 'data')
  const started = startWorkload({ directory, lanes: 1 + Math.floor(random() * 4), turns: 10_000, rows: store === 'sqlite' && round % 2 === 1 ? 3 : 0, settle: false, store, atTheEnd: 'leave' })
  // 'ready' is the first line; then one acknowledgement of the first few, or of many.
  await started.said(2 + Math.floor(random() * 40))
  await sleep(random() * 5)
  await kill(started)

  assert.ok(started.lines.length > 1, started.errors.join('\n'))
  if (round % 10 === 0) await closeStore(openStore(t, directory))
  return auditStore(join(directory, 'parley.db'), acknowledgedBy(started.lines), rowText)
}

test('[R03] [ST3] what was acknowledged is there after a kill 0 to 5 ms later', async (t) => {
  const count = rounds({ sample: 15, full: 300 })
  const violations: string[] = []
  await twoAtATime(count, async (round) => {
    for (const violation of await killAfterAcknowledgement(t, round, 'sqlite')) violations.push(`round ${round}: ${violation}`)
  })

  t.diagnostic(`${count} rounds, seed ${seed}`)
  assert.deepEqual(violations, [])
})

test('[R03] the check finds a store that acknowledges before it commits', async (t) => {
  let violations: readonly string[] = []
  let round = 0
  while (violations.length === 0 && round < 20) violations = await killAfterAcknowledgement(t, round++, 'early acknowledgement')

  t.diagnostic(`found in round ${round}`)
  assert.match(violations[0] ?? 'not found', /was acknowledged and is lost/)
})

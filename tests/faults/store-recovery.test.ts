import assert from 'node:assert/strict'
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import type { Actor } from '../../server/lib/actor.ts'
import { acknowledgedBy, auditStore } from '../support/store-audit.ts'
import { closeStore, openStore, temporaryFolder } from '../support/store-folder.ts'
import { rounds, startProcess } from '../support/store-process.ts'
import type { Recovery } from '../support/store-recovery.ts'
import { morning, open } from '../support/store-samples.ts'
import { rowText } from '../support/store-workload.ts'

const script = join(import.meta.dirname, '../support/store-recovery.ts')
const runningTurns = 4

/** A data folder as a crash leaves it: turns that run, with rows and an attempt each. */
async function leftBehind(t: TestContext): Promise<string> {
  const directory = join(temporaryFolder(t), 'left')
  const store = openStore(t, directory)
  for (let i = 0; i < runningTurns; i++) {
    const actor: Actor = { tenantId: 'acme', userId: `user-${i}` }
    const { turnId } = await open(store, actor)
    await store.startAttempt({ turnId, fence: 1, n: 1, provider: 'openai', model: 'gpt-4o-mini', now: morning })
    const rows = Array.from({ length: i * 2 }, (_, row) => ({ seq: row + 1, kind: 'text', text: rowText(turnId, row + 1) }) as const)
    await store.appendDeltas([{ turnId, fence: 1, rows }])
  }
  await closeStore(store)
  return directory
}

async function recover(directory: string, killAt: number, recovery: Recovery): Promise<readonly string[]> {
  const started = startProcess([process.execPath, script, directory, String(killAt), recovery])
  const ending = await started.ended
  assert.equal(ending, killAt === 0 ? 0 : 'SIGKILL', started.errors.join('\n'))
  return started.lines
}

/** All that the database holds, but for how often its turns were taken over. */
function stateOf(directory: string): unknown {
  using database = new DatabaseSync(join(directory, 'parley.db'), { readOnly: true })
  const tables = ['conversation', 'message', 'turn', 'attempt', 'receipt', 'turn_event']
  return Object.fromEntries(tables.map((name) => [name, database.prepare(`select * from ${name} order by 1, 2`).all().map((row) => ({ ...row, fence: null }))]))
}

/** Recovers a copy: killed at each of these points in turn, and then to its end. */
async function recoverCopy(left: string, name: string, killsAt: readonly number[], recovery: Recovery): Promise<string> {
  const directory = join(left, '..', name)
  mkdirSync(directory)
  cpSync(join(left, 'parley.db'), join(directory, 'parley.db'))
  for (const killAt of killsAt) await recover(directory, killAt, recovery)
  await recover(directory, 0, recovery)
  return directory
}

test('[R06] [ST19] a recovery that is killed five times ends as one that was not', async (t) => {
  const left = await leftBehind(t)
  const once = await recoverCopy(left, 'once', [], 'ours')
  // Kills while opening, after claiming, while settling and after settling: each start finds fewer turns left.
  const seriesOfKills = [[1, 2, 3, 4, 5], [2, 2, 3, 3, 4], [6, 4, 3, 2, 1], [4, 4, 4, 1, 3]]
  for (const [i, kills] of seriesOfKills.slice(0, rounds({ sample: 2, full: 4 })).entries()) {
    const often = await recoverCopy(left, `often-${i}`, kills, 'ours')
    assert.deepEqual(stateOf(often), stateOf(once))
    assert.deepEqual(auditStore(join(often, 'parley.db'), acknowledgedBy([]), rowText), [])
  }

  for (let i = 0; i < 2; i++) await recover(once, 0, 'ours')
  assert.deepEqual(auditStore(join(once, 'parley.db'), acknowledgedBy([]), rowText), [])
  const { receipt, turn } = stateOf(once) as Record<string, readonly { state?: string }[]>
  assert.equal(receipt?.length, runningTurns)
  assert.deepEqual(turn?.map(({ state }) => state), Array.from({ length: runningTurns }, () => 'interrupted'))
})

test('[R06] the check finds a recovery that writes something at each try', async (t) => {
  const left = await leftBehind(t)

  const once = await recoverCopy(left, 'once', [], 'a note for each try')
  const often = await recoverCopy(left, 'often', [4, 4], 'a note for each try')

  assert.notDeepEqual(stateOf(often), stateOf(once))
})

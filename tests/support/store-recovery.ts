/**
 * A process that recovers a store as a start does, and is killed at a point: `node store-recovery.ts DIRECTORY POINT RECOVERY`.
 * Points are counted from 1 as they are passed; 0 lets it go to its end.
 */
import { writeSync } from 'node:fs'
import { openSqliteStore } from '../../server/store/sqlite/sqlite-store.ts'
import type { AbandonedTurn, DeltaRow, Store } from '../../server/store/store.ts'
import { interruption, settlement } from './store-samples.ts'

const recoveries = {
  /** Closes each turn with what its log holds. */
  ours: (store: Store, turn: AbandonedTurn) => store.settleTurn(interruption(turn)),
  /** First writes a note into the log: each recovery that is cut short leaves one more. */
  'a note for each try': async (store: Store, turn: AbandonedTurn) => {
    const note: DeltaRow = { seq: turn.rows.length + 1, kind: 'text', text: ' (interrupted)' }
    await store.appendDeltas([{ turnId: turn.turnId, fence: turn.fence, rows: [note] }])
    point('after a note')
    return store.settleTurn(settlement(turn, [...turn.rows, note], 'interrupted'))
  },
} as const
export type Recovery = keyof typeof recoveries

const [directory, killAt, recovery] = process.argv.slice(2) as [string, string, Recovery]
let passed = 0

function point(name: string): void {
  writeSync(1, `${name}\n`)
  if (++passed === Number(killAt)) process.kill(process.pid, 'SIGKILL')
}

const store = openSqliteStore({ directory, newEpoch: 'epoch-9' })
point('after opening')
const abandoned = await store.claimAbandonedTurns()
point('after claiming')
for (const turn of abandoned) {
  const settling = recoveries[recovery](store, turn)
  point('while settling')
  await settling
  point('after settling')
}
await store[Symbol.asyncDispose]()
writeSync(1, 'recovered\n')

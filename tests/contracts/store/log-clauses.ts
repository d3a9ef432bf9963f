import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { DeltaRow } from '../../../server/store/store.ts'
import { ada, answer, bob, compactAll, open, partsOf, settlement, textRows } from '../../support/store-samples.ts'
import type { Clause } from './clause.ts'

/** Texts that break what counts in bytes, trims, joins or splits: whole characters only, as the port asks. */
const awkward = fc.constantFrom('😀', '👩‍👩‍👧', '\u0000', '\r\n', '\u2028', '\uFEFF', 'é', '𝒳', '\uFFFD', '"', '\\', "'", '{}', ' ')
const rowText = fc.oneof(awkward, fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }))
const logRows = fc
  .array(fc.record({ kind: fc.constantFrom<DeltaRow['kind']>('text', 'reasoning'), text: rowText.filter((text) => text.isWellFormed() && text !== '') }), { maxLength: 30 })
  .map((rows) => rows.map((row, i): DeltaRow => ({ seq: i + 1, ...row })))

export function logClauses(clause: Clause): void {
  clause('[ST9] rows come back as they were committed, numbered from 1 without a gap', async (store) => {
    const turn = await open(store, ada)
    const other = await open(store, bob)
    const rows = textRows(...Array.from({ length: 100 }, (_, i) => `word ${i} `))

    for (const row of rows) {
      await store.appendDeltas([{ turnId: other.turnId, fence: 1, rows: [row] }, { turnId: turn.turnId, fence: 1, rows: [row] }])
    }

    const log = await store.readLog(ada, turn.turnId)
    assert.deepEqual(log?.rows, rows)
    assert.equal(log.receipt, null)
  })

  clause('[ST9] a log can be read from any row on, while its turn runs and once it is closed', async (store) => {
    const turn = await open(store, ada)
    const rows = textRows('One', ' two', ' three')
    await store.appendDeltas([{ turnId: turn.turnId, fence: 1, rows }])
    const after = async (seq: number) => (await store.readLog(ada, turn.turnId, seq))?.rows

    const running = await Promise.all([0, 1, 3, 9].map(after))
    await store.settleTurn(settlement(turn, rows))
    const closed = await Promise.all([0, 1, 3, 9].map(after))

    assert.deepEqual(running, [rows, rows.slice(1), [], []])
    assert.deepEqual(closed, running)
  })

  clause('[ST12] a log reads the same while the turn runs, once it is closed, and after compaction', async (store) => {
    await fc.assert(fc.asyncProperty(logRows, fc.integer({ min: 1, max: 7 }), async (rows, batch) => {
      const turn = await open(store, ada)
      for (let i = 0; i < rows.length; i += batch) await store.appendDeltas([{ turnId: turn.turnId, fence: 1, rows: rows.slice(i, i + batch) }])
      const running = (await store.readLog(ada, turn.turnId))?.rows

      await store.settleTurn(settlement(turn, rows))
      const closed = await store.readLog(ada, turn.turnId)
      await compactAll(store)
      const compacted = await store.readLog(ada, turn.turnId)

      assert.deepEqual(running, rows)
      assert.deepEqual(closed?.rows, rows)
      assert.deepEqual(compacted, closed)
      assert.equal(closed.turn.last, rows.length + 1)
      assert.deepEqual((await store.findMessage(ada, turn.responseId))?.parts, partsOf(rows))
    }), { numRuns: 50, seed: 20261120 })
  })

  clause('[ST12] compaction leaves the rows of running turns, however many slices it takes', async (store) => {
    const running = await open(store, ada)
    const first = textRows(...Array.from({ length: 700 }, (_, i) => `a${i} `))
    await store.appendDeltas([{ turnId: running.turnId, fence: 1, rows: first }])
    const closed = await answer(store, bob, {}, textRows(...Array.from({ length: 1200 }, (_, i) => `b${i} `)))
    const before = await store.readLog(bob, closed.turnId)

    await compactAll(store)
    const later = { seq: 701, kind: 'text', text: 'after compaction' } as const
    await store.appendDeltas([{ turnId: running.turnId, fence: 1, rows: [later] }])

    assert.deepEqual((await store.readLog(ada, running.turnId))?.rows, [...first, later])
    assert.deepEqual(await store.readLog(bob, closed.turnId), before)
  })

  clause('[ST12] a turn that opens after the log was emptied still finds its rows', async (store) => {
    await answer(store, ada)
    await compactAll(store)
    const turn = await open(store, ada)
    const rows = textRows('One', ' two')

    await store.appendDeltas([{ turnId: turn.turnId, fence: 1, rows }])

    assert.deepEqual((await store.readLog(ada, turn.turnId))?.rows, rows)
    assert.deepEqual((await store.claimAbandonedTurns())[0]?.rows, rows)
  })
}

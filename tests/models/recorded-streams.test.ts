/** What our readers make of recorded answers must equal what the AI SDK makes of the same bytes, however they are cut. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultSeed } from '../support/cluster/seeded.ts'
import { compare } from '../support/recordings/compare.ts'
import { madeRecordings } from '../support/recordings/made-recordings.ts'
import { readerBugs } from '../support/recordings/planted-reader-bugs.ts'
import { adapterOf, bodyOf, families } from '../support/recordings/recording.ts'
import { recordings, sharedRecordings } from '../support/recordings/recordings.ts'
import { askOracle, summaryOf } from '../support/recordings/stream-oracle.ts'
import { hear, startProvider } from './ask.ts'

const sample = { seed: faultSeed, rounds: 6, bytes: 60_000, everyByteUpTo: 900 }

test('[R14] there are recordings of every provider', { skip: sharedRecordings.length > 0 ? false : 'not run: the recorded provider streams are not on this machine' }, () => {
  for (const family of families) assert.ok(sharedRecordings.some((recording) => recording.family === family), family)
})

for (const recording of recordings) {
  test(`[R14] ${recording.name}: the same as the AI SDK, however the bytes are cut`, async (t) => {
    const { ways, difference } = await compare(recording, sample)

    t.diagnostic(`seed ${sample.seed}, ${ways} ways to cut`)
    assert.deepEqual(difference?.ours, difference?.theirs, JSON.stringify(difference))
  })
}

for (const recording of sharedRecordings) {
  test(`${recording.name}: the same over a socket`, async (t) => {
    const body = bodyOf(recording)
    const expected = await askOracle(recording.family, body)
    const { simulator, model } = await startProvider(t, adapterOf[recording.family])
    for (const size of body.length < 10_000 ? [1, 97] : [4096]) {
      simulator.script(`sim-s1-x${size}`, body)

      assert.deepEqual(summaryOf(await hear(model(`sim-s1-x${size}`)), body), expected)
    }
  })
}

for (const bug of Object.keys(readerBugs)) {
  test(`[R14] the comparison notices a reader with a bug: ${bug}`, async () => {
    for (const recording of madeRecordings) if ((await compare(recording, { ...sample, everyByteUpTo: 0 }, bug)).difference) return
    assert.fail('nobody noticed')
  })
}

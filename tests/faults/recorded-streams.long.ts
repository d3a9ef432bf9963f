/** Every recording, cut at every byte where it is short and in many ways where it is long. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultSeed } from '../support/cluster/seeded.ts'
import { compare } from '../support/recordings/compare.ts'
import { recordings } from '../support/recordings/recordings.ts'

const effort = { seed: faultSeed, rounds: 200, bytes: 8_000_000, everyByteUpTo: 16_000 }

for (const recording of recordings) {
  test(`[R14] ${recording.name}: the same as the AI SDK in every way to cut it`, async (t) => {
    const { ways, difference } = await compare(recording, effort)

    t.diagnostic(`seed ${effort.seed}, ${ways} ways to cut`)
    assert.deepEqual(difference?.ours, difference?.theirs, JSON.stringify(difference))
  })
}

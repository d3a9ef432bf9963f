import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { endPostgres, postgresMissing } from '../support/postgres.ts'
import { fuzzFrames, fuzzRequests, openFuzz } from './fuzz-checks.ts'

after(endPostgres)

for (const [engine, skip] of [['SQLite', false], ['Postgres', postgresMissing]] as const) {
  test(`[W07] 20,000 requests and 4,000 frames are answered on ${engine}, none with an error of the service’s own`, { skip }, async (t) => {
    const fuzzed = await openFuzz(t, engine)

    const { findings } = await fuzzRequests(t, fuzzed, 20_000)
    const told = [...await fuzzFrames(t, fuzzed, '/ws/v2/chat', 2000), ...await fuzzFrames(t, fuzzed, '/ws/{session_id}', 2000)]

    assert.deepEqual([...findings, ...told], [])
  })
}

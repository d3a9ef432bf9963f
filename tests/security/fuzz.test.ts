/** Whatever a request or a frame holds, the service answers it, and not with an error of its own. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Store } from '../../server/store/store.ts'
import { endPostgres, postgresMissing } from '../support/postgres.ts'
import { fuzzFrames, fuzzRequests, openFuzz } from './fuzz-checks.ts'

after(endPostgres)

const wires = ['/ws/v2/chat', '/ws/{session_id}'] as const

for (const [engine, requests, skip] of [['SQLite', 1200, false], ['Postgres', 300, postgresMissing]] as const) {
  test(`[W07] ${requests} requests and 300 frames made from the service’s own description are answered on ${engine}, none with an error of its own`, { skip }, async (t) => {
    const fuzzed = await openFuzz(t, engine)

    const { findings, statuses } = await fuzzRequests(t, fuzzed, requests)
    const told = await Promise.all(wires.map((wire) => fuzzFrames(t, fuzzed, wire, 150)))

    assert.deepEqual([...findings, ...told.flat()], [])
    for (const status of [200, 400, 404, 422]) assert.ok((statuses.get(status) ?? 0) > requests / 200, `too few were answered with ${status}`)
  })
}

test('[W07] a store that stumbles over a rare letter is found out, by requests and by frames', async (t) => {
  const stumbles = (id: string) => ['\u0000', '"', '%', '\\'].some((letter) => id.includes(letter))
  const stumbling = (store: Store): Store => ({
    ...store,
    findTurn: async (actor, id) => (stumbles(id) ? Promise.reject(new Error('a letter')) : store.findTurn(actor, id)),
    readLog: async (actor, id) => (stumbles(id) ? Promise.reject(new Error('a letter')) : store.readLog(actor, id)),
  })
  const fuzzed = await openFuzz(t, 'SQLite', { store: stumbling })

  const { findings } = await fuzzed.fuzz.requests(1200)
  const told = await fuzzFrames(t, fuzzed, '/ws/v2/chat', 1000)

  assert.match([...findings].join('\n'), /turns\/\{id\}.* was answered with 500/)
  assert.match(told.join('\n'), /answered with internal/)
})

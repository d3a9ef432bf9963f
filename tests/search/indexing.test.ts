import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '../../server/lib/clock.ts'
import { indexSlice, keepIndexed } from '../../server/search/index-messages.ts'
import { databaseFile } from '../../server/store/sqlite/open-database.ts'
import type { Store } from '../../server/store/store.ts'
import { find, tell } from '../support/search-samples.ts'
import { openStore, temporaryFolder } from '../support/store-folder.ts'
import { ada, morning } from '../support/store-samples.ts'

test('[SE14] a database from before the search is brought in, and nothing of it is asked for again', async (t) => {
  const folder = temporaryFolder(t)
  cpSync(join(import.meta.dirname, '../fixtures/schema-1.db'), databaseFile(folder))
  const store = openStore(t, folder)
  const deps = { store, clock: systemClock }

  while (await indexSlice(deps));

  // What its titles, questions and answers say, hidden things and running turns left out.
  const found = await Promise.all(['lace', 'tulle', 'fabrics', 'Once upon', 'forget', 'gladly'].map(async (text) => (await find(store, ada, text)).items.map(({ title }) => title)))
  assert.deepEqual(found, [['Lace'], ['Lace'], ['Lace'], ['Cut'], [], []])
  assert.equal(await indexSlice(deps), false)
})

test('[SE7] what was said just now is found while years of earlier messages still wait', async (t) => {
  const store = openStore(t)
  await Promise.all(Array.from({ length: 200 }, (_, n) => tell(store, ada, `Old ${n}`, ['long ago', 'yes'], morning + n)))
  await tell(store, ada, 'New', ['the heliotrope', 'yes'], morning + 10_000_000)

  await indexSlice({ store, clock: systemClock })

  assert.equal((await find(store, ada, 'heliotrope')).total, 1)
  assert.ok((await store.readUnindexed()).length > 0)
})

test('[SE14] a store that fails for a while is tried again, and an end waits for the slice at hand', async (t) => {
  const store = openStore(t)
  await tell(store, ada, 'Told', ['hedgehog', 'yes'])
  const unexpected: string[] = []
  let failures = 1
  const failing: Store = Object.create(store, {
    readUnindexed: { value: async () => (failures-- > 0 ? Promise.reject(new Error('for a while')) : store.readUnindexed()) },
  })
  const quick = { ...systemClock, after: (_: number, action: () => void) => systemClock.after(1, action) }
  const stop = keepIndexed({ store: failing, clock: quick, events: { unexpected: (where) => void unexpected.push(where) } })

  for (const until = Date.now() + 5000; (await find(store, ada, 'hedgehog')).total === 0 && Date.now() < until;);
  await stop()

  assert.equal((await find(store, ada, 'hedgehog')).total, 1)
  assert.deepEqual(unexpected, ['indexing for the search'])
})

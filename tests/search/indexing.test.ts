import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bus } from '../../server/bus/bus.ts'
import { localBus } from '../../server/bus/local-bus.ts'
import { systemClock, type Clock } from '../../server/lib/clock.ts'
import { indexSlice } from '../../server/search/index-messages.ts'
import { keepIndexed } from '../../server/search/keep-indexed.ts'
import { databaseFile } from '../../server/store/sqlite/open-database.ts'
import type { Store } from '../../server/store/store.ts'
import { find, tell } from '../support/search-samples.ts'
import { atEnd, openStore, temporaryFolder } from '../support/store-folder.ts'
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

/** Keeps a store indexed until the test ends, or until the returned function is called. */
function keep(t: TestContext, store: Store, given: { readonly clock?: Clock; readonly bus?: Bus; readonly unexpected?: (where: string) => void } = {}): () => Promise<void> {
  const stopping = new AbortController()
  const { clock = systemClock, bus = localBus(), unexpected = (where) => assert.fail(where) } = given
  const done = keepIndexed({ store, clock, bus, events: { unexpected } })(stopping.signal)
  const stop = () => (stopping.abort(), done)
  atEnd(t, stop)
  return stop
}

async function untilFound(store: Store, text: string): Promise<void> {
  for (const until = Date.now() + 5000; (await find(store, ada, text)).total === 0;) assert.ok(Date.now() < until, `${text} was not found`)
}

const waitingFor = (isAllowed: (milliseconds: number) => boolean): Clock => ({
  ...systemClock, after: (milliseconds, action) => (isAllowed(milliseconds) ? systemClock.after(milliseconds, action) : () => {}),
})

test('[SE7] word of a commit brings it in at once', async (t) => {
  const store = openStore(t)
  const bus = localBus()
  // Without looks by itself, nothing but word wakes it.
  keep(t, store, { bus, clock: waitingFor((milliseconds) => milliseconds < 100) })
  await sleep(50)
  const { conversationId } = await tell(store, ada, 'Told', ['hedgehog', 'yes'])

  bus.publish({ kind: 'conversation', actor: ada, conversationId, change: 'settled' })

  await untilFound(store, 'hedgehog')
})

test('[SE7] what no word came of is found as well', async (t) => {
  const store = openStore(t)
  keep(t, store)
  await sleep(50)

  await tell(store, ada, 'Told', ['hedgehog', 'yes'])

  await untilFound(store, 'hedgehog')
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
  const stop = keep(t, failing, { clock: quick, unexpected: (where) => void unexpected.push(where) })

  await untilFound(store, 'hedgehog')
  await stop()

  assert.deepEqual(unexpected, ['indexing for the search'])
})

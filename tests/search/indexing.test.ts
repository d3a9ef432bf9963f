import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../server/lib/clock.ts'
import { indexSlice, keepIndexed } from '../../server/search/index-messages.ts'
import { openTurn } from '../../server/store/commands/open-turn.ts'
import { settleTurn } from '../../server/store/commands/settle-turn.ts'
import { migrateOnce } from '../../server/store/migrations.ts'
import { sqliteSql } from '../../server/store/sqlite/compiler.ts'
import { Connection } from '../../server/store/sqlite/connection.ts'
import { databaseFile, prepareDirectory } from '../../server/store/sqlite/open-database.ts'
import type { Store } from '../../server/store/store.ts'
import { find, tell } from '../support/search-samples.ts'
import { openStore, temporaryFolder } from '../support/store-folder.ts'
import { ada, morning, question, settlement, textRows } from '../support/store-samples.ts'

/** A database as the first schema left it, with conversations in it. */
function writeFirstSchema(folder: string, contents: readonly string[]): void {
  prepareDirectory(folder)
  const connection = new Connection(databaseFile(folder), { readOnly: false })
  connection.transaction('immediate', () => connection.run(migrateOnce(sqliteSql, { epoch: 'epoch-1' })))
  connection.transaction('immediate', () => {
    for (const content of contents) {
      const opened = connection.run(openTurn(sqliteSql, { ...question(ada, { content, title: `About ${content}` }), epoch: 'epoch-1' }))
      assert.ok(opened.kind === 'opened')
      connection.run(settleTurn(sqliteSql, settlement(opened.turn, textRows(`You said ${content}.`))))
    }
  })
  connection.close()
}

test('[SE14] a database from before the search is brought in, and nothing of it is asked for again', async (t) => {
  const folder = temporaryFolder(t)
  writeFirstSchema(folder, Array.from({ length: 40 }, (_, n) => `hedgehog ${n}`))
  const store = openStore(t, folder)
  const deps = { store, clock: systemClock }

  while (await indexSlice(deps));

  assert.equal((await find(store, ada, 'hedgehog', { perPage: 100 })).total, 40)
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

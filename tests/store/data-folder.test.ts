import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { newestSchema } from '../../server/store/migrations.ts'
import { StoreError } from '../../server/store/store.ts'
import { ada, answer, open } from '../support/store-samples.ts'
import { atEnd, closeStore, openStore, temporaryFolder } from '../support/store-folder.ts'

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

test('[ST25] only the owner can read the folder and every file in it', async (t) => {
  const folder = join(temporaryFolder(t), 'new', 'data')
  const before = process.umask(0)
  atEnd(t, () => process.umask(before))

  const store = openStore(t, folder)
  await answer(store, ada)

  assert.equal(modeOf(folder), '700')
  const modes = Object.fromEntries(readdirSync(folder).filter((name) => name.startsWith('parley.')).map((name) => [name, modeOf(join(folder, name))]))
  assert.deepEqual([...new Set(Object.values(modes))], ['600'], JSON.stringify(modes))
  assert.ok('parley.db-wal' in modes)
})

test('[ST25] a store that was closed is one file', async (t) => {
  const folder = temporaryFolder(t)
  const store = openStore(t, folder)
  const turn = await answer(store, ada)

  await closeStore(store)

  assert.deepEqual(readdirSync(folder).toSorted(), ['parley.db', 'parley.lock', 'parley.pid'])
  const again = openStore(t, folder)
  assert.equal((await again.findMessage(ada, turn.responseId))?.content, 'Sunny and warm.')
})

test('[ST25] the epoch stays for the life of the data', async (t) => {
  const folder = temporaryFolder(t)
  const store = openStore(t, folder, 'the first epoch')
  const turn = await answer(store, ada)
  await closeStore(store)

  const again = openStore(t, folder, 'another epoch')

  assert.equal(again.epoch, 'the first epoch')
  assert.equal((await again.findTurn(ada, turn.turnId))?.epoch, 'the first epoch')
})

test('[ST1] what was called before closing is written, and later calls say that the store is closed', async (t) => {
  const folder = temporaryFolder(t)
  const store = openStore(t, folder)
  const opening = open(store, ada)

  await closeStore(store)
  const turn = await opening

  await assert.rejects(open(store, ada), new StoreError('store_unavailable', 'The store is closed.'))
  await assert.rejects(store.listConversations(ada, { page: 1, perPage: 10, archived: false }), { code: 'store_unavailable' })
  await assert.rejects(store.findTurn(ada, turn.turnId), { name: 'StoreError', code: 'store_unavailable' })
  const again = openStore(t, folder)
  assert.equal((await again.findTurn(ada, turn.turnId))?.state, 'running')
})

test('[ST23] data that only a newer version can read is refused, and one that this version can still read is not', async (t) => {
  const folder = temporaryFolder(t)
  await closeStore(openStore(t, folder))
  const write = (facts: Record<string, number>) => {
    using database = new DatabaseSync(join(folder, 'parley.db'))
    for (const [name, value] of Object.entries(facts)) database.prepare('update store_fact set value = ? where name = ?').run(String(value), name)
  }

  write({ schema: newestSchema + 2, min_reader: newestSchema + 1 })
  assert.throws(() => openStore(t, folder), new RegExp(`written by a newer version \\(schema ${newestSchema + 2}, readable from ${newestSchema + 1}\\); this version reads up to ${newestSchema}\\.`))
  write({ schema: newestSchema + 1, min_reader: newestSchema })

  const store = openStore(t, folder)
  assert.equal((await answer(store, ada)).actor.userId, 'ada')
})

test('[ST21] a first start that was cut short leaves nothing that stops the next', async (t) => {
  const folder = temporaryFolder(t)
  for (const name of ['parley.db.new', 'parley.db.new-wal', 'parley.db.new-journal']) writeFileSync(join(folder, name), 'half of something')

  const store = openStore(t, folder)
  await answer(store, ada)

  assert.deepEqual(readdirSync(folder).filter((name) => name.includes('.new')), [])
})

test('[ST24] on a full disk writes are refused and reads go on; with room again both work without a restart', async (t) => {
  const folder = temporaryFolder(t)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', folder])
  if (mounted.status !== 0) return t.skip('not run: a small file system cannot be mounted here')
  atEnd(t, () => spawnSync('umount', [folder]))
  const store = openStore(t, folder)
  const stood = await answer(store, ada)
  const ballast = join(folder, 'ballast')
  const free = () => Number(spawnSync('stat', ['-f', '-c', '%a', folder], { encoding: 'utf8' }).stdout) * 4096
  writeFileSync(ballast, Buffer.alloc(free() - 64 * 1024))

  const accepted: string[] = []
  let refused: unknown = null
  while (refused === null && accepted.length < 500) {
    await open(store, ada, { content: 'a'.repeat(20_000) }).then((turn) => accepted.push(turn.turnId), (error: unknown) => (refused = error))
  }
  const readWhileFull = await store.findMessage(ada, stood.responseId)
  const listedWhileFull = await store.listConversations(ada, { page: 1, perPage: 100, archived: false })
  rmSync(ballast)
  const after = await answer(store, ada)

  assert.ok(refused instanceof StoreError)
  assert.equal(refused.code, 'disk_full')
  assert.equal(readWhileFull?.content, 'Sunny and warm.')
  assert.equal(listedWhileFull.total, accepted.length + 1)
  for (const turnId of [...accepted, after.turnId]) assert.ok(await store.findTurn(ada, turnId), turnId)
})

test('[ST3] the writing connection itself says that commits are flushed', async (t) => {
  const folder = temporaryFolder(t)
  const store = openStore(t, folder)

  assert.deepEqual(await store.check(), { engine: 'sqlite', durability: 'FULL' })
  assert.equal(readFileSync(join(folder, 'parley.pid'), 'utf8'), String(process.pid))
})

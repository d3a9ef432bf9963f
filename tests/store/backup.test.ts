import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { backUp } from '../../server/store/sqlite/backup.ts'
import { restore } from '../../server/store/sqlite/restore.ts'
import { acknowledgedBy, auditStore } from '../support/store-audit.ts'
import { ada, answer, morning, open, textRows } from '../support/store-samples.ts'
import { closeStore, openStore, temporaryFolder } from '../support/store-folder.ts'

const afternoon = { newEpoch: 'epoch-3', now: morning + 6 * 3_600_000 }

test('[ST26] a backup of a store that is in use holds all that was acknowledged, in one file that only its owner reads', async (t) => {
  const folder = temporaryFolder(t)
  const [data, target] = [join(folder, 'data'), join(folder, 'monday.parley')]
  const store = openStore(t, data)
  const closed = await answer(store, ada)
  const running = await open(store, ada)
  await store.appendDeltas([{ turnId: running.turnId, fence: 1, rows: textRows('Half of') }])

  const { bytes } = await backUp(data, target, 'epoch-2')

  assert.equal(bytes, statSync(target).size)
  assert.equal(statSync(target).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(folder).toSorted(), ['data', 'monday.parley'])
  await restore(join(folder, 'other'), target, afternoon)
  const copy = openStore(t, join(folder, 'other'))
  const [inCopy, inStore] = [await copy.readLog(ada, closed.turnId), await store.readLog(ada, closed.turnId)]
  assert.deepEqual({ ...inCopy, turn: null }, { ...inStore, turn: null })
  assert.deepEqual((await copy.readLog(ada, running.turnId))?.rows, textRows('Half of'))
})

test('[ST26] each copy has an epoch of its own, and the store keeps its own', async (t) => {
  const folder = temporaryFolder(t)
  const [data, target] = [join(folder, 'data'), join(folder, 'monday.parley')]
  const store = openStore(t, data)
  const turn = await answer(store, ada)

  await backUp(data, target, 'epoch-2')
  assert.equal((await store.findTurn(ada, turn.turnId))?.epoch, 'epoch-1')
  await closeStore(store)
  const byHand = join(folder, 'by hand')
  spawnSync('mkdir', [byHand])
  spawnSync('cp', [target, join(byHand, 'parley.db')])
  assert.equal(openStore(t, byHand).epoch, 'epoch-2')
  await restore(data, target, afternoon)

  assert.equal(openStore(t, data).epoch, 'epoch-3')
})

test('[ST26] nothing is overwritten by a backup, and a backup that fails leaves nothing', async (t) => {
  const folder = temporaryFolder(t)
  const [data, target] = [join(folder, 'data'), join(folder, 'monday.parley')]
  const store = openStore(t, data)
  await answer(store, ada)
  writeFileSync(target, 'precious')

  await assert.rejects(backUp(data, target, 'epoch-2'), /monday\.parley is there already and is not overwritten/)
  await assert.rejects(backUp(join(folder, 'nowhere'), join(folder, 'b'), 'epoch-2'), /There is nothing to back up/)
  await assert.rejects(backUp(data, join(folder, 'no such folder', 'b'), 'epoch-2'), /ENOENT/)

  assert.equal(readFileSync(target, 'utf8'), 'precious')
  assert.deepEqual(readdirSync(folder).toSorted(), ['data', 'monday.parley'])
})

test('[ST27] a restore puts the backup in place and moves aside what was there, its log included', async (t) => {
  const folder = temporaryFolder(t)
  const [data, target, crashed] = [join(folder, 'data'), join(folder, 'monday.parley'), join(folder, 'crashed')]
  const store = openStore(t, data)
  const before = await answer(store, ada)
  await backUp(data, target, 'epoch-2')
  const after = await answer(store, ada)
  // As a crash leaves it: the last commits are in the log only. (Copied by another process: see lockData.)
  spawnSync('mkdir', [crashed])
  for (const name of ['parley.db', 'parley.db-wal']) spawnSync('cp', [join(data, name), crashed])

  const restored = await restore(crashed, target, afternoon)

  const moved = join(crashed, 'parley.db.before-20261120T150000000Z')
  assert.equal(restored.movedTo, moved)
  assert.equal(statSync(join(crashed, 'parley.db')).mode & 0o777, 0o600)
  const copy = openStore(t, crashed)
  assert.equal((await copy.findTurn(ada, before.turnId))?.state, 'completed')
  assert.equal(await copy.findTurn(ada, after.turnId), null)
  const undone = join(folder, 'undone')
  spawnSync('mkdir', [undone])
  for (const end of ['', '-wal']) spawnSync('cp', [moved + end, join(undone, `parley.db${end}`)])
  assert.equal((await openStore(t, undone).findTurn(ada, after.turnId))?.state, 'completed')
})

test('[ST27] a damaged backup changes nothing', async (t) => {
  const folder = temporaryFolder(t)
  const [data, bad] = [join(folder, 'data'), join(folder, 'bad.parley')]
  const store = openStore(t, data)
  await answer(store, ada)
  await backUp(data, bad, 'epoch-2')
  await closeStore(store)
  const bytes = readFileSync(bad)
  writeFileSync(bad, bytes.fill(0xff, 3 * 4096, 5 * 4096))
  const before = readFileSync(join(data, 'parley.db'))

  await assert.rejects(restore(data, bad, afternoon), /The backup .*bad\.parley is damaged \(.*\)\. The data was not changed\./)
  await assert.rejects(restore(data, join(folder, 'none'), afternoon), /There is no backup at/)

  assert.deepEqual(readFileSync(join(data, 'parley.db')), before)
  assert.deepEqual(readdirSync(data).filter((name) => /incoming|before/.test(name)), [])
})

test('[ST27] a restore that was cut short is named by the next start, and can be done again', async (t) => {
  const folder = temporaryFolder(t)
  const [data, target] = [join(folder, 'data'), join(folder, 'monday.parley')]
  const store = openStore(t, data)
  const turn = await answer(store, ada)
  await backUp(data, target, 'epoch-2')
  await closeStore(store)
  spawnSync('mv', [join(data, 'parley.db'), join(data, 'parley.db.before-20261120T150000000Z')])
  writeFileSync(join(data, 'parley.db.incoming'), 'half of a copy')

  assert.throws(() => openStore(t, data), /A restore was cut short: .* Do it again: parley restore FILE/)
  assert.equal(existsSync(join(data, 'parley.db')), false)
  await restore(data, target, afternoon)

  assert.equal((await openStore(t, data).findTurn(ada, turn.turnId))?.state, 'completed')
})

test('[ST27] data that is in use is not replaced', async (t) => {
  const folder = temporaryFolder(t)
  const [data, target] = [join(folder, 'data'), join(folder, 'monday.parley')]
  const store = openStore(t, data)
  await backUp(data, target, 'epoch-2')
  const turn = await answer(store, ada)

  await assert.rejects(restore(data, target, afternoon), { name: 'DataInUseError', message: new RegExp(`process id ${process.pid}\\.`) })

  assert.equal((await store.findTurn(ada, turn.turnId))?.state, 'completed')
})

test('[R08] [J9] a backup that is made in the middle of a purge is purged to the end where it is restored', async (t) => {
  const folder = temporaryFolder(t)
  const [data, target, other] = [join(folder, 'data'), join(folder, 'monday.parley'), join(folder, 'other')]
  const store = openStore(t, data)
  const { conversationId: id } = await answer(store, ada)
  for (let i = 0; i < 80; i++) await answer(store, ada, { conversationId: id })
  const kept = await answer(store, ada)
  await store.deleteConversation({ actor: ada, id, now: morning })
  const later = morning + 31 * 86_400_000
  const take = (from: typeof store, now: number) => from.takeJobs({ kinds: ['purge'], limit: 9, owner: 'this test', leaseMs: 1000, now })
  await take(store, later)
  assert.equal(await store.purgeConversation({ actor: ada, id, now: later }), 'more')

  await backUp(data, target, 'epoch-2')
  await restore(other, target, afternoon)

  const copy = openStore(t, other)
  assert.deepEqual(await take(copy, later + 1000), [])
  const [job] = await take(copy, later + 2000)
  assert.deepEqual(job?.payload, { conversation_id: id })
  while ((await copy.purgeConversation({ actor: ada, id, now: later })) === 'more');
  assert.equal(await copy.finishJob(job!), true)
  assert.equal((await copy.findTurn(ada, kept.turnId))?.state, 'completed')
  await closeStore(copy)
  assert.deepEqual(auditStore(join(other, 'parley.db'), acknowledgedBy([]), null), [])
})

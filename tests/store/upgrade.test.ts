import assert from 'node:assert/strict'
import { cpSync, existsSync, globSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { migrations, newestOf, newestSchema, type Migration } from '../../server/store/migrations.ts'
import { restore } from '../../server/store/sqlite/restore.ts'
import { openSqliteStore } from '../../server/store/sqlite/sqlite-store.ts'
import type { Store } from '../../server/store/store.ts'
import { auditStore } from '../support/store-audit.ts'
import { atEnd, closeStore, openStore, temporaryFolder } from '../support/store-folder.ts'
import { ada, answer, bob, interruption, morning, open, question, settlement, textRows } from '../support/store-samples.ts'
import { startProcess } from '../support/store-process.ts'

const days = (count: number) => count * 86_400_000
const fixtures = globSync(join(import.meta.dirname, '../fixtures/schema-*.db')).toSorted()
const nothing = { opened: new Set<string>(), rows: new Map<string, number>(), settled: new Set<string>() }
const page = { page: 1, perPage: 20, archived: false }

/** A data folder with a copy of a fixture in it. */
function folderWith(t: TestContext, fixture: string): string {
  const folder = temporaryFolder(t)
  cpSync(fixture, join(folder, 'parley.db'))
  return folder
}

const schemaOf = (fixture: string) => Number(/schema-(\d+)\.db$/.exec(fixture)![1])
const firstFixture = fixtures.find((fixture) => schemaOf(fixture) === 1)!
const copiesIn = (folder: string) => readdirSync(folder).filter((name) => name.includes('.schema-')).toSorted()

function openAs(t: TestContext, directory: string, history: readonly Migration[]): Store {
  const store = openSqliteStore({ directory, newEpoch: 'epoch-9', history })
  atEnd(t, () => closeStore(store))
  return store
}

function factsOf(folder: string): Readonly<Record<string, string>> {
  using database = new DatabaseSync(join(folder, 'parley.db'), { readOnly: true })
  return Object.fromEntries(database.prepare('select name, value from store_fact').all().map(({ name, value }) => [String(name), String(value)]))
}

function definitionsIn(file: string): readonly unknown[] {
  using database = new DatabaseSync(file, { readOnly: true })
  return database.prepare('select type, name, tbl_name, sql from sqlite_schema order by type, name').all()
}

test('[ST29] there is a database of each schema that was ever on a disk', () => {
  assert.deepEqual(fixtures.map(schemaOf), migrations.map(({ schema }) => schema))
  for (const fixture of fixtures) assert.ok(statSync(fixture).size <= 256 * 1024, fixture)
})

for (const fixture of fixtures) {
  test(`[ST29] the steps up to ${basename(fixture)} make what they made when it was written`, async (t) => {
    const folder = temporaryFolder(t)
    await closeStore(openAs(t, folder, migrations.filter(({ schema }) => schema <= schemaOf(fixture))))

    assert.deepEqual(definitionsIn(join(folder, 'parley.db')), definitionsIn(join(folderWith(t, fixture), 'parley.db')))
  })

  test(`[ST29] ${basename(fixture)} opens with this build, with all that is in it`, async (t) => {
    const folder = folderWith(t, fixture)
    const store = openStore(t, folder)

    assert.equal(store.epoch, `epoch-of-schema-${schemaOf(fixture)}`)
    await recover(store)
    await readEverything(store)
    if (schemaOf(fixture) >= 6) assert.deepEqual((await store.findMessage(ada, 'm_interrupted_answer'))?.rating, { rating: 'down', reason: 'It stopped.' })
    await useEverything(store)
    await closeStore(store)

    assert.deepEqual(auditStore(join(folder, 'parley.db'), nothing, null), [])
    assert.equal(factsOf(folder)['schema'], String(newestSchema))
  })
}

async function recover(store: Store): Promise<void> {
  const [left, ...others] = await store.claimAbandonedTurns()
  assert.deepEqual(others, [])
  assert.equal(left?.turnId, 't_running')
  assert.deepEqual([left.rows, left.attempts.length], [textRows('And', ' so on'), 1])
  assert.equal(await store.settleTurn(interruption(left)), true)
}

async function readEverything(store: Store): Promise<void> {
  const { items, total } = await store.listConversations(ada, page)
  assert.deepEqual([total, items.map(({ id }) => id).toSorted()], [3, ['c_compacted', 'c_interrupted', 'c_running']])
  const messages = (await store.listMessages(ada, 'c_compacted', page))!.items
  assert.deepEqual(messages.map(({ content }) => content), ['What is lace?', 'A fabric of holes.', 'And tulle?', 'A net 🧵.'])
  assert.deepEqual((await store.readLog(ada, 't_compacted'))?.rows, textRows('A fabric', ' of holes.'))
  assert.deepEqual((await store.readLog(ada, 't_hot'))?.rows, textRows('A net', ' 🧵.'))
  const cut = await store.readLog(ada, 't_interrupted')
  assert.deepEqual(cut?.rows, [{ seq: 1, kind: 'reasoning', text: 'Hm.' }, { seq: 2, kind: 'text', text: 'Once upon' }])
  assert.deepEqual([cut.turn.state, cut.turn.failure?.code, cut.receipt?.outcome], ['interrupted', 'provider_cut', 'interrupted'])
  assert.equal((await store.findReceipt(ada, 't_compacted'))?.id, 'r_compacted')
  assert.equal((await store.readTimeline('t_interrupted'))?.attempts[0]?.error, 'provider_cut')
  assert.equal(await store.findConversation(ada, 'c_hidden'), null)
  assert.equal(await store.findSessionConversation(ada, 'laptop'), 'c_compacted')
  assert.equal((await store.listConversations(bob, { ...page, archived: true })).items[0]?.title, 'Bob’s')
  const history = await store.readHistory(ada, 'c_compacted', 'm_hot', 1000)
  assert.deepEqual(history.messages.map(({ content }) => content), ['What is lace?', 'A fabric of holes.'])
}

/** Asks on, and deletes: what an earlier build hid is purged like what this one hides. */
async function useEverything(store: Store): Promise<void> {
  const repeated = await store.openTurn(question(ada, { conversationId: 'c_compacted', clientMessageId: 'k_hot' }))
  assert.equal(repeated.kind, 'repeated')
  await answer(store, ada, { conversationId: 'c_compacted', newConversationId: 'c_none' })
  await store.deleteConversation({ actor: ada, id: 'c_interrupted', now: morning })
  assert.equal(await store.planPurges({ after: null, now: morning }), null)
  const due = await store.takeJobs({ kinds: ['purge'], limit: 9, owner: 'a test', leaseMs: 1000, now: morning + days(31) })
  assert.deepEqual(due.map(({ payload }) => payload['conversation_id']).toSorted(), ['c_hidden', 'c_interrupted'])
  for (const { actor, payload } of due) while ((await store.purgeConversation({ actor, id: String(payload['conversation_id']), now: morning + days(31) })) === 'more');
  assert.equal(await store.readTimeline('t_hidden'), null)
}

test('[ST30] data is copied before it is upgraded, for its owner only, and once', async (t) => {
  const folder = folderWith(t, firstFixture)
  await closeStore(openStore(t, folder))
  await closeStore(openStore(t, folder))

  const [copy, ...more] = copiesIn(folder)

  assert.match(copy!, /^parley\.db\.schema-1\.\d{8}T\d{9}Z$/)
  assert.deepEqual(more, [])
  assert.equal(statSync(join(folder, copy!)).mode & 0o777, 0o600)
  const before = temporaryFolder(t)
  await restore(before, join(folder, copy!), { newEpoch: 'epoch-2', now: morning })
  const store = openStore(t, before)
  await recover(store)
  await readEverything(store)
})

test('[ST30] a new database is not copied, and of copies the newest three stay', async (t) => {
  const folder = temporaryFolder(t)
  await closeStore(openStore(t, folder))
  assert.deepEqual(copiesIn(folder), [])

  for (let i = 0; i < 5; i++) {
    cpSync(firstFixture, join(folder, 'parley.db'))
    await closeStore(openStore(t, folder))
  }

  assert.equal(copiesIn(folder).length, 3)
})

const broken: readonly Migration[] = [
  ...migrations,
  { schema: newestSchema + 1, name: 'broken', minReader: newestSchema + 1, steps: (db) => [db.schema.createTable('half').addColumn('id', 'text'), db.schema.dropTable('nothing')] },
  { schema: newestSchema + 2, name: 'never', minReader: 1, steps: (db) => [db.schema.createTable('never').addColumn('id', 'text')] },
]

test('[ST30] an upgrade that fails stops the start, says where and what stands, and the version before can go on', async (t) => {
  const folder = folderWith(t, firstFixture)

  assert.throws(() => openAs(t, folder, broken), (error: Error) => {
    assert.match(error.message, new RegExp(`^The upgrade of the data to schema ${newestSchema + 1} \\(broken\\) failed: no such table: nothing\\. The data stands whole at schema ${newestSchema}`))
    assert.ok(error.message.endsWith(`A copy from before the upgrade is ${join(folder, copiesIn(folder)[0]!)}.`), error.message)
    return true
  })

  assert.deepEqual([factsOf(folder)['schema'], factsOf(folder)['min_reader']], [String(newestSchema), String(migrations.at(-1)!.minReader)])
  const store = openStore(t, folder)
  await recover(store)
  await readEverything(store)
})

test('[ST30] data that cannot be copied is not upgraded', async (t) => {
  const folder = folderWith(t, firstFixture)
  const server = startProcess(['sh', '-c', 'ulimit -f 160; exec "$0" "$@"', process.execPath, join(import.meta.dirname, '../support/open-data.ts'), folder])

  assert.equal(await server.ended, 1)

  assert.match(server.errors.join('\n'), /The data must be upgraded from schema 1, and no copy of it could be made before: .* Make room for one in .*Nothing was changed\./)
  assert.deepEqual([factsOf(folder)['schema'], copiesIn(folder)], ['1', []])
  assert.equal(existsSync(join(folder, 'parley.db.upgrading')), false)
})

test('[ST24] data on a disk without any room is not called damaged', async (t) => {
  const folder = folderWith(t, firstFixture)
  const server = startProcess(['sh', '-c', 'ulimit -f 40; exec "$0" "$@"', process.execPath, join(import.meta.dirname, '../support/open-data.ts'), folder])

  assert.equal(await server.ended, 1)

  assert.match(server.errors.join('\n'), /There is no room left in .*\. Make room there and start again\. Nothing was changed\./)
})

test('[R02] [ST30] a server that dies in the middle of an upgrade upgrades at its next start', async (t) => {
  const folder = folderWith(t, firstFixture)
  const dying = startProcess([process.execPath, join(import.meta.dirname, '../support/open-data.ts'), folder, 'die in each step'])

  assert.equal(await dying.ended, 'SIGKILL', dying.errors.join('\n'))

  assert.equal(factsOf(folder)['schema'], '1')
  const store = openStore(t, folder)
  await recover(store)
  await readEverything(store)
})

const previous = migrations.slice(0, -1)

test('[ST23] one release back still runs: a build that knows no newer schema reads and writes data that this one has upgraded', async (t) => {
  const folder = folderWith(t, firstFixture)
  await closeStore(openStore(t, folder))

  const older = openAs(t, folder, previous)
  await recover(older)
  await readEverything(older)
  const turn = await open(older, ada, { newConversationId: 'c_by_the_older' })
  await older.appendDeltas([{ turnId: turn.turnId, fence: 1, rows: textRows('Sunny.') }])
  await older.settleTurn(settlement(turn, textRows('Sunny.')))
  assert.equal((await older.findReceipt(ada, turn.turnId))?.outcome, 'completed')
  await closeStore(older)

  assert.equal(factsOf(folder)['schema'], String(newestSchema))
  const store = openStore(t, folder)
  assert.equal((await store.findTurn(ada, turn.turnId))?.state, 'completed')
})

test('[ST23] what a build without jobs has deleted is purged by this one', async (t) => {
  const folder = folderWith(t, firstFixture)
  await closeStore(openStore(t, folder))
  // As the first schema's build did it: one statement, and no job.
  using database = new DatabaseSync(join(folder, 'parley.db'))
  database.exec(`update conversation set deleted_at = ${morning} where id = 'c_interrupted'`)
  database.close()

  const store = openStore(t, folder)
  await store.planPurges({ after: null, now: morning })

  const due = await store.takeJobs({ kinds: ['purge'], limit: 9, owner: 'a test', leaseMs: 1000, now: morning + days(31) })
  assert.ok(due.some(({ payload }) => payload['conversation_id'] === 'c_interrupted'))
})

test('[ST23] a build is refused what only a newer one can read, and told so', async (t) => {
  const folder = temporaryFolder(t)
  const future: readonly Migration[] = [...migrations, { schema: newestSchema + 1, name: 'future', minReader: newestSchema + 1, steps: () => [] }]
  await closeStore(openAs(t, folder, future))

  assert.throws(() => openStore(t, folder), new RegExp(`schema ${newestOf(future)}, readable from ${newestOf(future)}\\); this version reads up to ${newestSchema}`))
})

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { migrateOnce } from '../../server/store/migrations.ts'
import { sqliteSql } from '../../server/store/sqlite/compiler.ts'
import { Connection } from '../../server/store/sqlite/connection.ts'
import { openDatabase } from '../../server/store/sqlite/open-database.ts'
import { openSqliteStore } from '../../server/store/sqlite/sqlite-store.ts'
import { acknowledgedBy, auditStore } from '../support/store-audit.ts'
import { closeStore, openStore, temporaryFolder } from '../support/store-folder.ts'
import { rounds, seeded } from '../support/store-process.ts'
import { ada, answer, open, textRows } from '../support/store-samples.ts'

const pageBytes = 4096
const seed = 20261120
const random = seeded(seed)
const ruin = (bytes: Buffer, from: number, to: number) => bytes.fill(0xff, from, to)

/** Pages that are roots of tables, as the schema tells. */
function rootPages(file: string): readonly number[] {
  using database = new DatabaseSync(file, { readOnly: true })
  return database.prepare("select rootpage from sqlite_schema where rootpage > 0").all().map((row) => Number(row['rootpage']))
}

/** Damage to header, page structure and schema: what a start must find. */
const damages: Readonly<Record<string, (bytes: Buffer, roots: readonly number[]) => Buffer>> = {
  'the name of the format': (bytes) => ruin(bytes, 0, 16),
  'the page size': (bytes) => ruin(bytes, 16, 18),
  'the version of the format': (bytes) => ruin(bytes, 18, 20),
  'the whole header': (bytes) => ruin(bytes, 0, 100),
  'the first page': (bytes) => ruin(bytes, 0, pageBytes),
  'the schema\'s page': (bytes) => ruin(bytes, 100, pageBytes),
  'the text of the schema': (bytes) => {
    const at = bytes.indexOf('create table "conversation"')
    return at < 0 ? ruin(bytes, 100, pageBytes) : ruin(bytes, at, at + 40)
  },
  'the kind of a page': (bytes, roots) => ruin(bytes, (roots[3]! - 1) * pageBytes, (roots[3]! - 1) * pageBytes + 1),
  'the places of rows in a page': (bytes, roots) => ruin(bytes, (roots[1]! - 1) * pageBytes + 8, (roots[1]! - 1) * pageBytes + 64),
  'a page of zeros': (bytes, roots) => bytes.fill(0, (roots[2]! - 1) * pageBytes, roots[2]! * pageBytes),
  'its second half is missing': (bytes) => bytes.subarray(0, Math.floor(bytes.length / pageBytes / 2) * pageBytes),
  'its last half page is missing': (bytes) => bytes.subarray(0, bytes.length - pageBytes / 2),
  'all of it is missing': () => Buffer.alloc(0),
  'it is something else': () => Buffer.from('This is a letter to my grandmother.\n'.repeat(300)),
}

type Opener = (directory: string) => unknown

/** Opens each damaged file, and tells which were not refused with the remedy in the message, or were written to. */
async function unrefused(t: TestContext, opener: Opener): Promise<readonly string[]> {
  const directory = temporaryFolder(t)
  const store = openStore(t, directory)
  for (let i = 0; i < 40; i++) await answer(store, ada, { content: `question ${i} `.repeat(50) })
  await closeStore(store)
  const file = join(directory, 'parley.db')
  const [sound, roots] = [readFileSync(file), rootPages(file)]

  const complaints: string[] = []
  for (const [name, damage] of Object.entries(damages)) {
    const damaged = join(temporaryFolder(t), 'parley.db')
    const bytes = damage(Buffer.from(sound), roots)
    writeFileSync(damaged, bytes)
    const message = await messageOf(opener, join(damaged, '..'))
    if (message === null) complaints.push(`${name}: opened`)
    else if (!/is damaged \(.+\)\. Nothing was written to it\..*parley restore FILE/s.test(message)) complaints.push(`${name}: ${message}`)
    if (!readFileSync(damaged).equals(bytes)) complaints.push(`${name}: written to`)
  }
  return complaints
}

async function messageOf(opener: Opener, directory: string): Promise<string | null> {
  try {
    const opened = opener(directory)
    await (opened as Partial<AsyncDisposable>)[Symbol.asyncDispose]?.()
    return null
  } catch (error) {
    return (error as Error).message
  }
}

test('[R07] [ST21] a database with a damaged header, page or schema is refused with the remedy, and no byte of it changes', async (t) => {
  const complaints = await unrefused(t, (directory) => openSqliteStore({ directory, newEpoch: 'epoch-2' }))

  t.diagnostic(`${Object.keys(damages).length} kinds of damage`)
  assert.deepEqual(complaints, [])
})

test('[R07] the check finds a store that opens what it is given', async (t) => {
  const complaints = await unrefused(t, (directory) => {
    const connection = new Connection(join(directory, 'parley.db'), { readOnly: false })
    try {
      connection.transaction('immediate', () => connection.run(migrateOnce(sqliteSql, { epoch: 'epoch-2' })))
    } finally {
      connection.close()
    }
    return {}
  })

  assert.ok(complaints.some((complaint) => complaint.endsWith(': opened')), complaints.join('\n'))
  assert.ok(complaints.some((complaint) => complaint.endsWith(': written to')), complaints.join('\n'))
})

/** A folder as a crash leaves it, with commits that are in the log only, and the turns in the order they were settled. */
async function crashed(t: TestContext): Promise<{ readonly directory: string; readonly turns: readonly string[] }> {
  const [directory, copy] = [temporaryFolder(t), temporaryFolder(t)]
  const store = openStore(t, directory)
  const turns: string[] = []
  for (let i = 0; i < 25; i++) turns.push((await answer(store, ada)).turnId)
  const running = await open(store, ada)
  await store.appendDeltas([{ turnId: running.turnId, fence: 1, rows: textRows('Half', ' of', ' it') }])
  // By another process: reading a live database here would drop its locks.
  for (const name of ['parley.db', 'parley.db-wal', 'parley.db-shm']) spawnSync('cp', [join(directory, name), copy])
  return { directory: copy, turns }
}

function startWith(t: TestContext, files: Readonly<Record<string, Buffer>>): string {
  const directory = temporaryFolder(t)
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(directory, name), bytes)
  return directory
}

test('[R07] [ST22] without its -shm file a store opens with all of its commits', async (t) => {
  const left = await crashed(t)
  const read = (name: string) => readFileSync(join(left.directory, name))
  const directory = startWith(t, { 'parley.db': read('parley.db'), 'parley.db-wal': read('parley.db-wal') })

  const store = openStore(t, directory)

  for (const turnId of left.turns) assert.equal((await store.findTurn(ada, turnId))?.state, 'completed', turnId)
  assert.deepEqual((await store.claimAbandonedTurns())[0]?.rows, textRows('Half', ' of', ' it'))
})

test('[R07] [ST22] with its log cut or torn anywhere a store opens at the last whole commit before', async (t) => {
  const left = await crashed(t)
  const [database, log] = [readFileSync(join(left.directory, 'parley.db')), readFileSync(join(left.directory, 'parley.db-wal'))]
  const count = rounds({ sample: 24, full: 200 })
  let most = 0
  for (let round = 0; round < count; round++) {
    const at = Math.floor(random() * log.length)
    const cut = round % 2 === 0 ? log.subarray(0, at) : ruin(Buffer.from(log), at, Math.min(log.length, at + 512))
    const directory = startWith(t, { 'parley.db': database, 'parley.db-wal': cut })
    openDatabase(join(directory, 'parley.db'), 'epoch-2')

    assert.deepEqual(auditStore(join(directory, 'parley.db'), acknowledgedBy([]), null), [], `seed ${seed}, at ${at}`)
    const there = settledIn(directory)
    assert.deepEqual(there, left.turns.slice(0, there.length), `seed ${seed}, at ${at}`)
    most = Math.max(most, there.length)
  }
  t.diagnostic(`${count} cuts and tears, seed ${seed}, up to ${most} of ${left.turns.length} turns kept`)
  assert.ok(most > left.turns.length / 2)
})

function settledIn(directory: string): readonly string[] {
  using database = new DatabaseSync(join(directory, 'parley.db'), { readOnly: true })
  return database.prepare("select id from turn where state = 'completed' order by rowid").all().map((row) => String(row['id']))
}

test('[R07] [ST21] a log without its database is not taken for a new store', async (t) => {
  const left = await crashed(t)
  const directory = startWith(t, { 'parley.db-wal': readFileSync(join(left.directory, 'parley.db-wal')) })

  assert.throws(() => openSqliteStore({ directory, newEpoch: 'epoch-2' }), /parley\.db is missing, but the log that belongs to it is there .*parley restore FILE/)

  assert.deepEqual(readdirSync(directory).filter((name) => name === 'parley.db'), [])
})

test('[R07] [ST21] a database of another program is refused and left as it is', (t) => {
  const directory = temporaryFolder(t)
  mkdirSync(directory, { recursive: true })
  using database = new DatabaseSync(join(directory, 'parley.db'))
  database.exec('create table recipes (name text); insert into recipes values (\'soup\')')

  assert.throws(() => openSqliteStore({ directory, newEpoch: 'epoch-2' }), /is damaged \(it holds no data of Parley\)/)

  assert.deepEqual(database.prepare('select name from sqlite_schema').all().map((row) => row['name']), ['recipes'])
})

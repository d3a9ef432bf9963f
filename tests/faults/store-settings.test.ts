import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { Connection } from '../../server/store/sqlite/connection.ts'
import { commitTogether } from '../../server/store/sqlite/group-commit.ts'
import { openDatabase } from '../../server/store/sqlite/open-database.ts'
import { lockData } from '../../server/store/sqlite/data-lock.ts'
import { atEnd, closeStore, openStore, temporaryFolder } from '../support/store-folder.ts'
import { kill, startProcess, startWorkload, type SpokenProcess } from '../support/store-process.ts'

/** A user without rights of its own: nobody, on every Linux. */
const nobody = '65534'
const workload = { lanes: 1, turns: 1, rows: 0, settle: false, store: 'sqlite', atTheEnd: 'stay' } as const

async function startHolding(t: TestContext, directory: string): Promise<SpokenProcess> {
  const holder = startWorkload({ ...workload, directory })
  atEnd(t, () => kill(holder))
  await holder.said(1)
  return holder
}

/** What a connection that writes says of its own durability. */
function durabilityOf(connection: Connection): unknown {
  const [reply] = commitTogether(connection, [{ id: 1, name: 'readDurability', input: {} }])
  return reply && 'result' in reply ? reply.result : reply
}

test('[R04] [ST3] commits are flushed, and a connection that does not flush them says so', async (t) => {
  const directory = temporaryFolder(t)
  const store = openStore(t, directory)
  assert.deepEqual(await store.check(), { engine: 'sqlite', durability: 'FULL' })
  await closeStore(store)

  const lowered = new Connection(join(directory, 'parley.db'), { readOnly: false })
  atEnd(t, () => lowered.close())
  assert.equal(durabilityOf(lowered), 'FULL')
  for (const [setting, name] of [['normal', 'NORMAL'], ['off', 'OFF'], ['extra', 'EXTRA']]) {
    lowered.database.exec(`pragma synchronous = ${setting}`)
    assert.equal(durabilityOf(lowered), name)
  }
})

test('[R04] [ST20] a second start on the same data names the first\'s process and ends', async (t) => {
  const directory = join(temporaryFolder(t), 'data')
  const first = await startHolding(t, directory)

  const second = startWorkload({ ...workload, directory })
  const code = await second.ended

  assert.equal(code, 1)
  assert.match(second.errors.join('\n'), new RegExp(`DataInUseError: The data in ${directory} is in use by Parley with process id ${first.child.pid}\\. Stop that one, or set PARLEY_DATA to another folder\\.`))
  assert.equal(first.child.exitCode, null)
})

test('[R04] [ST20] the lock ends with its process, however that ends', async (t) => {
  const directory = join(temporaryFolder(t), 'data')
  const first = await startHolding(t, directory)
  assert.throws(() => lockData(directory), new RegExp(`process id ${first.child.pid}\\.`))

  await kill(first)

  openStore(t, directory)
  assert.equal(readFileSync(join(directory, 'parley.pid'), 'utf8'), String(process.pid))
})

test('[R04] the check finds a store without a lock: two would write the same file', (t) => {
  const file = join(temporaryFolder(t), 'parley.db')
  openDatabase(file, 'epoch-1')
  const open = () => {
    const connection = new Connection(file, { readOnly: false })
    atEnd(t, () => connection.close())
  }

  open()
  assert.doesNotThrow(open)
})

test('[R04] a folder that cannot be written is refused with what to do, and nothing is made', async (t) => {
  const parent = temporaryFolder(t)
  mkdirSync(join(parent, 'data'))
  chmodSync(parent, 0o755)
  const asRoot = process.getuid?.() === 0
  const directory = asRoot ? join(parent, 'data') : join(parent, 'closed', 'data')
  if (!asRoot) mkdirSync(join(parent, 'closed'), { mode: 0o555 })
  const before = asRoot ? ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'] : []

  const started = startWorkload({ ...workload, directory }, before)
  const code = await started.ended

  const said = started.errors.join('\n')
  if (/setpriv|Permission denied.*node|EACCES.*store-workload/.test(said)) return t.skip(`no other user can run Node here: ${started.errors[0]}`)
  assert.equal(code, 1)
  assert.match(said, new RegExp(`The data folder ${directory} cannot be written \\(E(PERM|ACCES)\\)\\. Change its owner or mode, or set PARLEY_DATA to another folder\\.`))
})

test('[R04] the server itself refuses: a clear line, no trace, and an exit code that is not 0', async (t) => {
  const directory = join(temporaryFolder(t), 'data')
  const first = await startHolding(t, directory)

  const server = startProcess(['env', `PARLEY_DATA=${directory}`, 'PORT=0', process.execPath, join(import.meta.dirname, '../../server/main.ts')])
  const code = await server.ended

  assert.equal(code, 1)
  assert.deepEqual(server.errors.filter((line) => line.includes('in use')), [`The data in ${directory} is in use by Parley with process id ${first.child.pid}. Stop that one, or set PARLEY_DATA to another folder.`])
  assert.doesNotMatch(server.errors.join('\n'), /^\s+at /m)
})

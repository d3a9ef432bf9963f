import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, suite, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { backUp } from '../../server/store/postgres/backup.ts'
import { restore } from '../../server/store/postgres/restore.ts'
import type { Store } from '../../server/store/store.ts'
import { endPostgres, postgresMissing, sharedPostgres } from '../support/postgres.ts'
import { openOnPostgres } from '../support/postgres-store.ts'
import { atEnd, closeStore, temporaryFolder } from '../support/store-folder.ts'
import { ada, answer, morning, question, settlement, textRows } from '../support/store-samples.ts'

const environment = { PATH: process.env['PATH'] }
const afternoon = { newEpoch: 'epoch-9', now: morning + 6 * 3_600_000, environment }
const rows = textRows('One', ' two', ' three')

/** What a store acknowledged: turns with how many of their rows, and whether they were closed. */
type Known = Map<string, { rows: number; settled: boolean }>

/** Writes eight turns at a time, one after the other, until it is told to stop. */
function startWriting(store: Store): { readonly known: Known; stop(): Promise<void> } {
  const known: Known = new Map()
  let stopped = false
  const lanes = Array.from({ length: 8 }, async () => {
    while (!stopped) {
      const opened = await store.openTurn(question(ada))
      assert.equal(opened.kind, 'opened')
      if (opened.kind !== 'opened') return
      const { turnId } = opened.turn
      known.set(turnId, { rows: 0, settled: false })
      for (const row of rows) {
        assert.deepEqual(await store.appendDeltas([{ turnId, fence: 1, rows: [row] }]), [])
        known.set(turnId, { rows: row.seq, settled: false })
      }
      await store.settleTurn(settlement(opened.turn, rows))
      known.set(turnId, { rows: rows.length, settled: true })
    }
  })
  return {
    known,
    async stop() {
      stopped = true
      await Promise.all(lanes)
    },
  }
}

/** What was acknowledged and is not there, each as a sentence. */
async function lostFrom(store: Store, known: Known): Promise<readonly string[]> {
  const lost: string[] = []
  for (const [turnId, acknowledged] of known) {
    const log = await store.readLog(ada, turnId)
    if (log === null) lost.push(`${turnId} was acknowledged and is lost`)
    else if (log.rows.length < acknowledged.rows) lost.push(`${turnId} has ${log.rows.length} rows, and ${acknowledged.rows} were acknowledged`)
    else if (acknowledged.settled && log.turn.state !== 'completed') lost.push(`${turnId} was settled and is ${log.turn.state}`)
    if (log !== null && log.rows.some((row, i) => row.text !== rows[i]?.text)) lost.push(`${turnId} says something else than was written`)
  }
  return lost
}

const copyOf = (known: Known): Known => new Map([...known].map(([turnId, acknowledged]) => [turnId, { ...acknowledged }]))

/** A store that is written to, and an empty database beside it. */
async function written(t: TestContext) {
  const postgres = await sharedPostgres()
  const [url, other] = [await postgres.makeDatabase(), await postgres.makeDatabase()]
  const store = await openOnPostgres(t, { url })
  return { url, other, store, target: join(temporaryFolder(t), 'monday.parley') }
}

/** A folder with programs that say how they were called, and then are the real ones, or do what `instead` says for these words. */
function watchedPrograms(t: TestContext, instead: { readonly when: string; readonly act: string } = { when: 'never', act: 'true' }): { readonly path: string; calls(): string } {
  const folder = temporaryFolder(t)
  const calls = join(folder, 'calls')
  for (const program of ['pg_dump', 'pg_restore']) {
    const real = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim()
    const script = `#!/bin/sh\necho "${program} $*; password ${'$'}{PGPASSWORD:-none}; key ${'$'}{OPENAI_API_KEY:-none}" >> ${calls}\ncase "$*" in *${instead.when}*) ${instead.act};; esac\nexec ${real} "$@"\n`
    writeFileSync(join(folder, program), script, { mode: 0o755 })
  }
  return { path: `${folder}:${process.env['PATH']}`, calls: () => readFileSync(calls, 'utf8') }
}

const programsMissing = spawnSync('pg_dump', ['--version']).error === undefined ? false : 'pg_dump is not installed: apt-get install postgresql-client'

suite('backups of a Postgres', { skip: postgresMissing || programsMissing }, () => {
  after(endPostgres)

  test('[R08] [ST26] a backup made while eight turns are written holds all that was acknowledged before, and lets them go on', async (t) => {
    const { url, other, store, target } = await written(t)
    const writing = startWriting(store)
    atEnd(t, () => writing.stop())
    while (writing.known.size < 60) await sleep(5)

    const before = copyOf(writing.known)
    await backUp(url, target, environment)
    const meanwhile = writing.known.size - before.size
    await writing.stop()
    await restore(other, target, afternoon)

    const copy = await openOnPostgres(t, { url: other })
    assert.deepEqual(await lostFrom(copy, before), [])
    assert.ok(meanwhile > 0, 'nothing was written meanwhile')
    assert.equal(statSync(target).mode & 0o777, 0o600)
    await assert.rejects(backUp(url, target, environment), /monday\.parley is there already and is not overwritten/)
    // Turns that ran when it was made are closed as after a crash.
    for (const turn of await copy.claimAbandonedTurns()) await copy.settleTurn(settlement(turn, turn.rows, 'interrupted'))
    assert.deepEqual(await copy.claimAbandonedTurns(), [])
    t.diagnostic(`${before.size} turns acknowledged before, ${meanwhile} while it was made`)
  })

  test('[R08] the check finds a backup that is older than it says', async (t) => {
    const { url, other, store, target } = await written(t)
    const writing = startWriting(store)
    while (writing.known.size < 20) await sleep(5)
    await backUp(url, target, environment)
    const at = writing.known.size
    while (writing.known.size < at + 20) await sleep(5)
    await writing.stop()
    await restore(other, target, afternoon)

    assert.match((await lostFrom(await openOnPostgres(t, { url: other }), writing.known)).join('\n'), /was acknowledged and is lost/)
  })

  test('[ST27] [ST33] a restore puts the backup in place, moves aside what was there, and gives the data another epoch', async (t) => {
    const { url, store, target } = await written(t)
    const postgres = await sharedPostgres()
    const before = await answer(store, ada)
    await backUp(url, target, environment)
    const later = await answer(store, ada)
    await closeStore(store)

    const restored = await restore(url, target, afternoon)

    assert.equal(restored.movedTo, 'parley_before_20261120150000000')
    const copy = await openOnPostgres(t, { url })
    assert.notEqual(copy.epoch, store.epoch)
    assert.equal((await copy.findTurn(ada, before.turnId))?.state, 'completed')
    assert.equal(await copy.findTurn(ada, later.turnId), null)
    assert.deepEqual(await postgres.query(new URL(url).pathname.slice(1), `select state from ${restored.movedTo}.turn where id = '${later.turnId}'`), [{ state: 'completed' }])
    const [{ epoch }] = await postgres.query(new URL(url).pathname.slice(1), "select value as epoch from store_fact where name = 'epoch'") as [{ epoch: string }]
    assert.equal(epoch, 'epoch-9')
    // What stands aside is in no later backup.
    const second = `${target}.second`
    await backUp(url, second, environment)
    assert.doesNotMatch(spawnSync('pg_restore', ['--list', second], { encoding: 'utf8' }).stdout, /parley_before/)
  })

  test('[ST27] a restore changes nothing where the database is in use, holds something else, or the backup is damaged', async (t) => {
    const { url, other, store, target } = await written(t)
    const postgres = await sharedPostgres()
    const turn = await answer(store, ada)
    await backUp(url, target, environment)
    await postgres.query(new URL(other).pathname.slice(1), 'create table cats (name text)')
    const half = `${target}.half`
    writeFileSync(half, readFileSync(target))
    truncateSync(half, Math.floor(statSync(half).size / 2))
    const text = `${target}.text`
    writeFileSync(text, 'This is a letter to my grandmother.\n')

    await assert.rejects(restore(url, target, afternoon), /in use by parley from 127\.0\.0\.1 \(process id \d+ of the database\).*Stop Parley.*not changed/)
    await closeStore(store)
    await assert.rejects(restore(url, half, afternoon), /half cannot be used \(.+\)\. The data was not changed\./)
    await assert.rejects(restore(url, text, afternoon), /text cannot be used \(.*archive.*\)\. The data was not changed\./)
    await assert.rejects(restore(url, join(target, 'none'), afternoon), /There is no backup at/)
    await assert.rejects(restore(other, target, afternoon), /holds the tables of another program \(cats\)/)

    const same = await openOnPostgres(t, { url })
    assert.equal((await same.findTurn(ada, turn.turnId))?.state, 'completed')
    assert.equal(same.epoch, store.epoch)
  })

  test('[ST27] a restore that fails on its way puts back what was there', async (t) => {
    const { url, store, target } = await written(t)
    const turn = await answer(store, ada)
    await backUp(url, target, environment)
    await closeStore(store)
    const { path } = watchedPrograms(t, { when: '--single-transaction', act: 'echo "no room" >&2; exit 1' })

    await assert.rejects(restore(url, target, { ...afternoon, environment: { PATH: path } }), /could not be restored \(no room\)\. The data is as it was\./)

    const same = await openOnPostgres(t, { url })
    assert.equal((await same.findTurn(ada, turn.turnId))?.state, 'completed')
    assert.equal(same.epoch, store.epoch)
  })

  test('[ST27] a restore that was cut short is named by the next start, and can be done again', async (t) => {
    const { url, store, target } = await written(t)
    const turn = await answer(store, ada)
    await backUp(url, target, environment)
    await closeStore(store)
    const { path, calls } = watchedPrograms(t, { when: '--single-transaction', act: 'exec sleep 60' })
    const cli = join(import.meta.dirname, '../../server/cli.ts')
    const command = spawn(process.execPath, [cli, 'restore', target], { env: { PATH: path, DATABASE_URL: url, PARLEY_DATA: join(target, '..', 'data') }, stdio: 'ignore', detached: true })
    const ended = once(command, 'exit')
    while (!(existsSync(target) && readCalls(calls).includes('--single-transaction'))) await sleep(20)
    process.kill(-command.pid!, 'SIGKILL')
    await ended

    await assert.rejects(openOnPostgres(t, { url }), /A restore of the database in DATABASE_URL is under way, or was cut short: then do it again, parley restore FILE/)
    while (await restore(url, target, afternoon).then(() => false, (error: Error) => /in use/.test(error.message))) await sleep(50)

    assert.equal((await (await openOnPostgres(t, { url })).findTurn(ada, turn.turnId))?.state, 'completed')
  })

  test('a password stands on no command line, and keys of providers are told to nobody', async (t) => {
    const { url, target } = await written(t)
    const { path, calls } = watchedPrograms(t)
    const address = Object.assign(new URL(url), { password: 'p%40ssword-canary' }).href

    await backUp(address, target, { PATH: path, OPENAI_API_KEY: 'key-canary' })

    const dumped = calls().split('\n').find((call) => call.includes('--format=custom')) ?? ''
    assert.match(dumped, /password p@ssword-canary; key none$/)
    assert.equal(calls().split('canary').length, 2)
  })

  test('without pg_dump, or with one that is older than the server, it is said what to install, and nothing is written', async (t) => {
    const { url, target } = await written(t)
    const folder = temporaryFolder(t)

    await assert.rejects(backUp(url, target, { PATH: folder }), /pg_dump is not in PATH.*apt-get install postgresql-client/)
    writeFileSync(join(folder, 'pg_dump'), '#!/bin/sh\necho "pg_dump (PostgreSQL) 9.6.24"\n', { mode: 0o755 })
    await assert.rejects(backUp(url, target, { PATH: folder }), /The server is Postgres \d+, and pg_dump here is of version 9.*Install the client programs of version \d+/)

    assert.deepEqual(readdirSync(join(target, '..')), [])
  })

  test('[ST26] [ST27] the commands that operators type do the same', async (t) => {
    const { url, other, store, target } = await written(t)
    const turn = await answer(store, ada)
    const parley = (database: string, ...words: readonly string[]) => spawnSync(
      process.execPath, [join(import.meta.dirname, '../../server/cli.ts'), ...words],
      { encoding: 'utf8', env: { ...environment, DATABASE_URL: database, PARLEY_DATA: join(target, '..', 'data') } },
    )

    const [backedUp, restored] = [parley(url, 'backup', target), parley(other, 'restore', target)]

    assert.match(backedUp.stdout, /^Backed up postgres:\/\/127\.0\.0\.1:\d+\/parley_\d+ to .*monday\.parley: \d+ KiB in \d+\.\d s\.\n$/, backedUp.stderr)
    assert.match(restored.stdout, /^Restored .*monday\.parley to postgres:\/\/127\.0\.0\.1:\d+\/parley_\d+: \d+ KiB in \d+\.\d s\.\n$/, restored.stderr)
    assert.equal((await (await openOnPostgres(t, { url: other })).findTurn(ada, turn.turnId))?.state, 'completed')
  })
})

function readCalls(calls: () => string): string {
  try {
    return calls()
  } catch {
    return ''
  }
}

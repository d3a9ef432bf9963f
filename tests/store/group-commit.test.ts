import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { CompiledQuery } from 'kysely'
import type { Command } from '../../server/store/command.ts'
import { commands } from '../../server/store/commands.ts'
import { readFact, writeFact } from '../../server/store/migrations.ts'
import { sqliteSql } from '../../server/store/sqlite/compiler.ts'
import { Connection } from '../../server/store/sqlite/connection.ts'
import { commitTogether } from '../../server/store/sqlite/group-commit.ts'
import { openDatabase } from '../../server/store/sqlite/open-database.ts'
import type { Call } from '../../server/store/thread.ts'
import { ada, question } from '../support/store-samples.ts'
import { atEnd, temporaryFolder } from '../support/store-folder.ts'

function openConnection(t: TestContext, file = join(temporaryFolder(t), 'parley.db')): Connection {
  openDatabase(file, 'epoch-1')
  const connection = new Connection(file, { readOnly: false })
  atEnd(t, () => connection.close())
  return connection
}

const opening = (id: number, given = {}): Call => ({ id, name: 'openTurn', input: { ...question(ada, given), epoch: 'epoch-1' } })
const kindOf = (reply: object) => ('result' in reply ? (reply.result as { kind: string }).kind : reply)
const turnsIn = (connection: Connection) => connection.database.prepare('select id from turn order by id').all().map((row) => row['id'])
const idOf = (call: Call) => (call.input as { turnId: string }).turnId

test('[ST2] in one group a command that fails leaves the good ones beside it untouched', (t) => {
  const connection = openConnection(t)
  const good = [opening(1), opening(3), opening(5)]
  const takenMessage = (good[0]!.input as { messageId: string }).messageId
  const bad = opening(2, { responseId: takenMessage })

  const replies = commitTogether(connection, [good[0]!, bad, good[1]!, { id: 4, name: 'nothing like it', input: {} }, good[2]!])

  assert.deepEqual(replies.map(({ id }) => id), [1, 2, 3, 4, 5])
  assert.deepEqual(replies.filter((reply) => 'result' in reply).map(kindOf), ['opened', 'opened', 'opened'])
  assert.deepEqual(replies.flatMap((reply) => ('error' in reply ? [reply.error.code] : [])), ['store_unavailable', 'store_unavailable'])
  assert.deepEqual(turnsIn(connection), good.map(idOf))
  const conversations = connection.database.prepare('select count(*) as n from conversation').get()
  assert.equal(conversations?.['n'], 3)
})

test('[ST2] a group is one commit', (t) => {
  const connection = openConnection(t)
  commitTogether(connection, [opening(0)])
  const watcher = new Connection(connection.database.location()!, { readOnly: true })
  atEnd(t, () => watcher.close())
  // Counts the commits of others that this connection has come to see, by their marks in the log's header.
  const seen = () => Number(watcher.database.prepare('pragma data_version').get()?.['data_version'])
  const before = seen()

  commitTogether(connection, Array.from({ length: 100 }, (_, i) => opening(i)))

  assert.equal(turnsIn(watcher).length, 101)
  assert.equal(seen() - before, 1)
})

test('[ST2] when the commit itself fails, every command of the group is told so and none is written', (t) => {
  const connection = openConnection(t)
  commitTogether(connection, [opening(0)])
  const before = turnsIn(connection)
  // A constraint that SQLite looks at only when it commits, broken by questions in French.
  connection.database.exec(`
    create table promise_kept (id text references turn (id) deferrable initially deferred);
    create trigger break_promise after insert on turn when new.language = 'fr' begin insert into promise_kept values ('no such turn'); end;
  `)

  const replies = commitTogether(connection, [opening(1), opening(2, { language: 'fr' }), opening(3)])

  assert.deepEqual(replies.map((reply) => ('error' in reply ? reply.error.code : kindOf(reply))), ['store_unavailable', 'store_unavailable', 'store_unavailable'])
  assert.deepEqual(turnsIn(connection), before)
  assert.equal(connection.database.isTransaction, false)
  assert.deepEqual(commitTogether(connection, [opening(4)]).map(kindOf), ['opened'])
})

test('[ST24] with no room left a command is refused as disk_full, and works again once there is room', (t) => {
  const connection = openConnection(t)
  commitTogether(connection, [opening(0)])
  const pages = Number(connection.database.prepare('pragma page_count').get()?.['page_count'])
  connection.database.exec(`pragma max_page_count = ${pages + 2}`)
  const long = 'a'.repeat(30_000)

  const refused = commitTogether(connection, [opening(1, { content: long }), opening(2, { content: long })])
  const kept = turnsIn(connection)
  connection.database.exec('pragma max_page_count = 1000000')
  const accepted = commitTogether(connection, [opening(3, { content: long })])

  assert.deepEqual(refused.map((reply) => ('error' in reply ? reply.error.code : null)), ['disk_full', 'disk_full'])
  assert.equal(kept.length, 1)
  assert.deepEqual(accepted.map(kindOf), ['opened'])
  assert.equal(connection.database.prepare('pragma integrity_check').get()?.['integrity_check'], 'ok')
})

test('[ST24] a command that does not fit may take its group with it, and then every command of it is told so', (t) => {
  const connection = openConnection(t)
  commitTogether(connection, [opening(0)])
  const pages = Number(connection.database.prepare('pragma page_count').get()?.['page_count'])
  connection.database.exec(`pragma max_page_count = ${pages + 8}`)
  const small = opening(1)

  // SQLite gives up the whole transaction when a statement without a journal of its own finds no room.
  const replies = commitTogether(connection, [small, opening(2, { content: 'a'.repeat(100_000) }), opening(3)])
  const kept = turnsIn(connection)
  const again = commitTogether(connection, [small])

  assert.deepEqual(replies.map((reply) => ('error' in reply ? reply.error.code : kindOf(reply))), ['disk_full', 'disk_full', 'disk_full'])
  assert.equal(kept.length, 1)
  assert.deepEqual(again.map(kindOf), ['opened'])
  assert.deepEqual(turnsIn(connection).slice(-1), [idOf(small)])
})

test('[ST1] a command that throws in its middle is undone to its beginning, and the transaction goes on', (t) => {
  const connection = openConnection(t)
  function* writesThenThrows(): Command<never> {
    yield* commands.openTurn(sqliteSql, opening(1).input as Parameters<typeof commands.openTurn>[1])
    throw new Error('in the middle')
  }

  connection.transaction('immediate', () => {
    assert.throws(() => connection.savepoint(() => connection.run(writesThenThrows())), /in the middle/)
    connection.savepoint(() => connection.run(writeFact(sqliteSql, 'after', 'it')))
  })

  assert.deepEqual(turnsIn(connection), [])
  assert.equal(connection.run(readFact(sqliteSql, 'after')), 'it')
})

test('[ST1] a command is handed the error of its own statement, at that statement', (t) => {
  const connection = openConnection(t)
  function* asksWrongly(): Command<string> {
    try {
      yield CompiledQuery.raw('select * from nowhere')
      return 'no error'
    } catch (error) {
      return (error as Error).message
    }
  }

  assert.equal(connection.run(asksWrongly()), 'no such table: nowhere')
})

test('statements are prepared once, and forgetting them changes nothing', (t) => {
  const connection = openConnection(t)
  const prepare = t.mock.method(connection.database, 'prepare')
  function* ask(sql: string): Command<unknown> {
    return (yield CompiledQuery.raw(sql, [])).rows[0]
  }

  for (let i = 0; i < 3; i++) connection.run(ask('select 1 as answer'))
  assert.equal(prepare.mock.callCount(), 1)
  for (let i = 0; i < 250; i++) assert.deepEqual({ ...connection.run(ask(`select ${i} as answer`)) as object }, { answer: i })
  assert.deepEqual({ ...connection.run(ask('select 1 as answer')) as object }, { answer: 1 })
})

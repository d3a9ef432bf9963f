import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { deleteConversation } from '../../server/store/commands/conversations.ts'
import { openTurn } from '../../server/store/commands/open-turn.ts'
import { planPurges, purgeConversation } from '../../server/store/commands/purge.ts'
import { settleTurn } from '../../server/store/commands/settle-turn.ts'
import { startAttempt } from '../../server/store/commands/attempts.ts'
import { enqueue, finishJob, takeJobs } from '../../server/store/commands/jobs.ts'
import { sqliteSql } from '../../server/store/sqlite/compiler.ts'
import { Connection } from '../../server/store/sqlite/connection.ts'
import { openDatabase } from '../../server/store/sqlite/open-database.ts'
import type { PlannedUpTo } from '../../server/store/store.ts'
import { atEnd, temporaryFolder } from '../support/store-folder.ts'
import { ada, morning, question, settlement } from '../support/store-samples.ts'
import { figures, middle, mostMs, timed } from '../support/writer-time.ts'

const days = (count: number) => count * 86_400_000
function openConnection(t: Parameters<typeof atEnd>[0]): Connection {
  const file = join(temporaryFolder(t), 'parley.db')
  openDatabase(file, 'epoch-1')
  const connection = new Connection(file, { readOnly: false })
  atEnd(t, () => connection.close())
  return connection
}

/** A conversation of so many exchanges; every hundredth answer is as long as one can be. */
function converse(connection: Connection, exchanges: number): string {
  const first = question(ada, { content: 'What is lace?'.repeat(100) })
  connection.transaction('immediate', () => {
    for (let i = 0; i < exchanges; i++) {
      const asked = i === 0 ? first : question(ada, { conversationId: first.newConversationId, content: 'And then?'.repeat(100) })
      connection.run(openTurn(sqliteSql, { ...asked, epoch: 'epoch-1' }))
      connection.run(startAttempt(sqliteSql, { turnId: asked.turnId, fence: 1, n: 1, provider: 'openai', model: 'gpt-4o-mini', now: morning }))
      const turn = { ...asked, conversationId: first.newConversationId, agentId: 'AnimA', fence: 1, openedAt: asked.now }
      const text = 'a long answer '.repeat(i % 100 === 99 ? 70_000 : 100)
      connection.run(settleTurn(sqliteSql, settlement(turn, [{ seq: 1, kind: 'text', text }])))
    }
  })
  return first.newConversationId
}

test('[J10] a purge of a long conversation holds the writer a little at a time', (t) => {
  const connection = openConnection(t)
  const id = converse(connection, 2000)
  connection.run(deleteConversation(sqliteSql, { actor: ada, id, now: morning }))

  const took = timed(connection, () => purgeConversation(sqliteSql, { actor: ada, id, now: morning + days(30) }), (slice) => slice === 'done')

  t.diagnostic(figures(took))
  assert.ok(took.length >= 60, `${took.length} slices`)
  assert.ok(middle(took) < mostMs, figures(took))
  const left = (table: string) => connection.database.prepare(`select count(*) as rows from ${table}`).get()?.['rows']
  assert.deepEqual(['conversation', 'message', 'turn', 'attempt', 'receipt'].map(left), [0, 0, 0, 0, 2000])
})

test('[J10] planning purges of many hidden conversations holds the writer a little at a time', (t) => {
  const connection = openConnection(t)
  const insert = connection.database.prepare(`
    insert into conversation (id, tenant_id, user_id, agent_id, memory_mode, archived, message_count, rev, created_at, updated_at, deleted_at)
    values (?, 'acme', 'ada', 'AnimA', 'persistent', 0, 0, 1, 0, 0, ?)`)
  // Many of the same moment: each is planned once all the same.
  connection.transaction('immediate', () => {
    for (let i = 0; i < 5000; i++) insert.run(`c_${String(i).padStart(6, '0')}`, morning + Math.floor(i / 700))
  })
  let after: PlannedUpTo | null = null

  const plan = () => timed(connection, () => planPurges(sqliteSql, { after, now: morning }), (upTo) => (after = upTo) === null)
  const [first, again] = [plan(), plan()]

  t.diagnostic(`new: ${figures(first)}; known: ${figures(again)}`)
  assert.ok(middle(first) < mostMs && middle(again) < mostMs, `${figures(first)}; ${figures(again)}`)
  assert.equal(connection.database.prepare('select count(*) as jobs from job').get()?.['jobs'], 5000)
})

test('[J10] jobs are taken and finished as fast out of many as out of few', (t) => {
  const connection = openConnection(t)
  const job = (i: number, runAt: number) => ({ kind: 'purge', key: `purge/${i}`, actor: ada, payload: { n: i }, runAt, now: morning })
  connection.transaction('immediate', () => {
    for (let i = 0; i < 20_000; i++) connection.run(enqueue(sqliteSql, job(i, i % 2 === 0 ? morning : morning + days(30))))
  })
  let left = 50

  const took = timed(connection, function* () {
    for (const taken of yield* takeJobs(sqliteSql, { kinds: ['purge'], limit: 4, owner: 'a test', leaseMs: 1000, now: morning })) yield* finishJob(sqliteSql, taken)
  }, () => --left === 0)

  t.diagnostic(figures(took))
  assert.ok(middle(took) < mostMs, figures(took))
})

test('[J4] what is asked for while it is at work is done once more', (t) => {
  const connection = openConnection(t)
  const ask = (n: number) => connection.run(enqueue(sqliteSql, { kind: 'index', key: 'index/m_1', actor: ada, payload: { n }, runAt: morning, now: morning }))
  const take = () => connection.run(takeJobs(sqliteSql, { kinds: ['index'], limit: 9, owner: 'a test', leaseMs: 1000, now: morning }))
  ask(1)
  const [atWork] = take()

  ask(2)

  assert.equal(connection.run(finishJob(sqliteSql, atWork!)), false)
  assert.deepEqual(take().map(({ payload, attempts }) => [payload, attempts]), [[{ n: 2 }, 1]])
})

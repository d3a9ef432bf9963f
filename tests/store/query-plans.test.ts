import assert from 'node:assert/strict'
import type { SQLInputValue } from 'node:sqlite'
import { test } from 'node:test'
import type { Command } from '../../server/store/command.ts'
import { queries } from '../../server/store/queries.ts'
import { sqliteSql } from '../../server/store/sqlite/compiler.ts'
import { Connection } from '../../server/store/sqlite/connection.ts'
import { databaseFile } from '../../server/store/sqlite/open-database.ts'
import type { RunningTurn, Store } from '../../server/store/store.ts'
import { ada, answer, bob, morning, open, question, settlement, textRows } from '../support/store-samples.ts'
import { indexAll } from '../support/search-samples.ts'
import { atEnd, openStore, temporaryFolder } from '../support/store-folder.ts'

type Ask = (connection: Connection, turn: { conversationId: string; turnId: string; messageId: string }) => Command<unknown>

/** Every query of the port, with what it is asked. */
const asked: Readonly<Record<keyof typeof queries, Ask>> = {
  findConversation: (_, turn) => queries.findConversation(sqliteSql, { actor: ada, id: turn.conversationId }),
  findSessionConversation: () => queries.findSessionConversation(sqliteSql, { actor: ada, sessionId: 'laptop' }),
  listConversations: () => queries.listConversations(sqliteSql, { actor: ada, page: { page: 2, perPage: 10, archived: false } }),
  findMessage: (_, turn) => queries.findMessage(sqliteSql, { actor: ada, id: turn.messageId }),
  listMessages: (_, turn) => queries.listMessages(sqliteSql, { actor: ada, conversationId: turn.conversationId, page: { page: 1, perPage: 10 } }),
  readBranch: (_, turn) => queries.readBranch(sqliteSql, { actor: ada, conversationId: turn.conversationId, place: { side: 'around', id: turn.messageId, limit: 10 } }),
  searchConversations: () => queries.searchConversations(sqliteSql, { actor: ada, request: { text: 'sunny wether', archived: false, page: 1, perPage: 10, now: 0 } }),
  searchMessages: (_, turn) => queries.searchMessages(sqliteSql, { actor: ada, request: { text: 'weather', exceptMessageId: turn.messageId, limit: 10, characters: 100, now: 0 } }),
  readUnindexed: () => queries.readUnindexed(sqliteSql),
  planMerge: () => queries.planMerge(sqliteSql),
  planForgetting: () => queries.planForgetting(sqliteSql),
  findTurn: (_, turn) => queries.findTurn(sqliteSql, { actor: ada, turnId: turn.turnId, epoch: 'epoch-1' }),
  findReceipt: (_, turn) => queries.findReceipt(sqliteSql, { actor: ada, turnId: turn.turnId }),
  findStopRequests: (_, turn) => queries.findStopRequests(sqliteSql, { turnIds: [turn.turnId, 't_nowhere'] }),
  readLog: (_, turn) => queries.readLog(sqliteSql, { actor: ada, turnId: turn.turnId, epoch: 'epoch-1' }),
  readHistory: (_, turn) => queries.readHistory(sqliteSql, { actor: ada, conversationId: turn.conversationId, messageId: turn.messageId, tokens: 300 }),
  countJobs: () => queries.countJobs(sqliteSql, { kinds: ['purge'], now: morning }),
  readTimeline: (_, turn) => queries.readTimeline(sqliteSql, { turnId: turn.turnId, epoch: 'epoch-1' }),
}

interface Step {
  readonly plan: readonly string[]
  readonly rows: number
}

/** Runs a query and tells, for each of its statements, how SQLite goes about it and how many rows it hands over. */
function follow(connection: Connection, query: Command<unknown>): readonly Step[] {
  const steps: Step[] = []
  let step = query.next()
  while (!step.done) {
    const { sql, parameters } = step.value
    const values = parameters as SQLInputValue[]
    const plan = connection.database.prepare(`explain query plan ${sql}`).all(...values).map((row) => String(row['detail']))
    const rows = connection.database.prepare(sql).all(...values)
    steps.push({ plan, rows: rows.length })
    step = query.next({ rows, changed: 0 })
  }
  return steps
}

test('every query finds its rows by an index, and none sorts more than it returns', async (t) => {
  const folder = temporaryFolder(t)
  const store = openStore(t, folder)
  const { conversationId } = await answer(store, ada)
  await answer(store, bob)
  await indexAll(store)
  const turn = await open(store, ada, { conversationId })
  const connection = new Connection(databaseFile(folder), { readOnly: true })
  atEnd(t, () => connection.close())

  for (const [name, ask] of Object.entries(asked)) {
    const plans = follow(connection, ask(connection, turn)).flatMap(({ plan }) => plan)
    assert.ok(plans.length > 0, name)
    for (const line of plans) {
      // What a recursion has gathered, and the rows of one page, are scanned and sorted: they are what is returned.
      assert.doesNotMatch(line, /^SCAN (?!path\b|\d)|AUTOMATIC/, `${name}: ${line}`)
      if (name !== 'readHistory') assert.doesNotMatch(line, /USE TEMP B-TREE FOR (?!LAST TERM)/, `${name}: ${line}`)
    }
  }
})

test('[ST13] history out of 4,000 messages looks at as many rows as history out of 40', async (t) => {
  const folder = temporaryFolder(t)
  const store = openStore(t, folder)
  const turns = [await afterExchanges(store, 20), await afterExchanges(store, 2000)]
  const connection = new Connection(databaseFile(folder), { readOnly: true })
  atEnd(t, () => connection.close())

  const rows = turns.map((turn) => follow(connection, asked.readHistory(connection, turn)).map((step) => step.rows))

  // 300 tokens hold seven exchanges of 40 and the question; a cut leaves at least 60 % of them.
  assert.deepEqual(rows.map(([first]) => first), [1, 1])
  for (const [, path] of rows) assert.ok(path! >= 8 && path! <= 15, `${path} rows`)
})

/** A question after so many exchanges, sent without waiting for each: this store keeps what it is called in order. */
async function afterExchanges(store: Store, exchanges: number): Promise<RunningTurn> {
  const first = question(ada, { estimatedTokens: 10 })
  const rows = textRows('Sunny.')
  const writing: Promise<unknown>[] = []
  for (let i = 0; i < exchanges; i++) {
    const sent = i === 0 ? first : question(ada, { conversationId: first.newConversationId, estimatedTokens: 10 })
    const turn = { ...sent, conversationId: first.newConversationId, agentId: 'AnimA', fence: 1, openedAt: sent.now }
    writing.push(store.openTurn(sent), store.settleTurn(settlement(turn, rows, 'completed', { estimatedTokens: 30 })))
  }
  await Promise.all(writing)
  return open(store, ada, { conversationId: first.newConversationId, estimatedTokens: 10 })
}

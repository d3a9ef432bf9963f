import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { insertMessages } from '../../bench/support/fill-search.ts'
import { writer } from '../../bench/support/made-archive.ts'
import { addDocuments } from '../../server/store/commands/add-documents.ts'
import { forgetDocuments } from '../../server/store/commands/drop-documents.ts'
import { finishMerge, forgetPostings, writePostings } from '../../server/store/commands/merge-documents.ts'
import { planForgetting } from '../../server/store/queries/plan-forgetting.ts'
import { planMerge } from '../../server/store/queries/plan-merge.ts'
import { readUnindexed } from '../../server/store/queries/unindexed.ts'
import { sqliteSql } from '../../server/store/sqlite/compiler.ts'
import { Connection } from '../../server/store/sqlite/connection.ts'
import { openDatabase } from '../../server/store/sqlite/open-database.ts'
import { atEnd, temporaryFolder } from '../support/store-folder.ts'
import { ada } from '../support/store-samples.ts'
import { figures, middle, mostMs, timedOnce, type Took } from '../support/writer-time.ts'

const messages = 1000

function openFilled(t: TestContext): Connection {
  const file = join(temporaryFolder(t), 'parley.db')
  openDatabase(file, 'epoch-1')
  const connection = new Connection(file, { readOnly: false })
  atEnd(t, () => connection.close())
  const { write, below } = writer(11)
  // Every hundredth is as long as a question can be.
  for (let n = 0; n < messages; n += 100) {
    const made = Array.from({ length: 100 }, (_, i) => ({ actor: ada, number: n + i, text: write((n + i) % 100 === 99 ? 15_000 : 30 + below(60)) }))
    connection.transaction('immediate', () => connection.run(insertMessages(sqliteSql, made)))
  }
  return connection
}

test('[SE13] [J10] indexing holds the writer a little at a time, whatever it does', (t) => {
  const connection = openFilled(t)
  const took: Record<string, Took[]> = { add: [], write: [], finish: [], forget: [] }
  const count = <T>(what: keyof typeof took, timed: { readonly took: Took; readonly result: T }) => void took[what]!.push(timed.took)

  for (let documents = connection.run(readUnindexed(sqliteSql)); documents.length > 0; documents = connection.run(readUnindexed(sqliteSql))) {
    count('add', timedOnce(connection, addDocuments(sqliteSql, { documents, now: 2 })))
    const merge = connection.run(planMerge(sqliteSql))
    if (!merge) continue
    const { archiveId, upTo, slices } = merge
    for (const slice of slices) count('write', timedOnce(connection, writePostings(sqliteSql, { archiveId, slice })))
    count('finish', timedOnce(connection, finishMerge(sqliteSql, { archiveId, upTo })))
  }
  for (let n = 0; n < 50; n++) connection.run(forgetDocuments(sqliteSql, { conversationId: `c_ada_${n}`, limit: 50 }))
  for (let plan = connection.run(planForgetting(sqliteSql)); plan; plan = connection.run(planForgetting(sqliteSql))) {
    count('forget', timedOnce(connection, forgetPostings(sqliteSql, plan)))
  }

  for (const [what, times] of Object.entries(took)) {
    t.diagnostic(`${what}: ${figures(times)}`)
    assert.ok(times.length > 0 && middle(times) < mostMs, `${what}: ${figures(times)}`)
  }
})

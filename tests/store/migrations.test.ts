import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { migrateOnce, newestSchema, readFact } from '../../server/store/migrations.ts'
import { postgresSql } from '../../server/store/postgres/compiler.ts'
import { Connections } from '../../server/store/postgres/connection.ts'
import { sqliteSql } from '../../server/store/sqlite/compiler.ts'
import { Connection } from '../../server/store/sqlite/connection.ts'
import { openDatabase } from '../../server/store/sqlite/open-database.ts'
import { endPostgres, postgresMissing, sharedPostgres } from '../support/postgres.ts'
import { openOnPostgres } from '../support/postgres-store.ts'
import { openStore, temporaryFolder } from '../support/store-folder.ts'
import { ada, answer } from '../support/store-samples.ts'

const made = { epoch: 'epoch-1' }

test('[R02] SQLite: a start that died between two steps, or in the middle of one, goes on at the next start', async (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'parley.db')
  const connection = new Connection(file, { readOnly: false })
  connection.transaction('immediate', () => connection.run(migrateOnce(sqliteSql, made)))
  assert.throws(() => connection.transaction('immediate', () => {
    connection.run(migrateOnce(sqliteSql, made))
    throw new Error('the process dies')
  }))
  assert.equal(connection.run(readFact(sqliteSql, 'schema')), '1')
  connection.close()

  assert.deepEqual(openDatabase(file, 'another'), { schema: newestSchema, epoch: 'epoch-1' })
  await answer(openStore(t, folder), ada)
})

suite('migrations on Postgres', { skip: postgresMissing }, () => {
  after(endPostgres)

  test('[R02] Postgres: a start that died between two steps, or in the middle of one, goes on at the next start', async (t) => {
    const url = await (await sharedPostgres()).makeDatabase()
    const connections = new Connections({ url, connections: 1 })
    t.after(() => connections.close())
    await connections.transaction('write', migrateOnce(postgresSql, made))
    await assert.rejects(connections.transaction('write', (function* () {
      yield* migrateOnce(postgresSql, made)
      throw new Error('the process dies')
    })()))
    assert.equal(await connections.statements(readFact(postgresSql, 'schema')), '1')

    await answer(await openOnPostgres(t, { url }), ada)

    assert.equal(await connections.statements(readFact(postgresSql, 'schema')), String(newestSchema))
    assert.equal(await connections.statements(readFact(postgresSql, 'epoch')), 'epoch-1')
  })
})

import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { migrateOnce, newestSchema, readFact } from '../../server/store/migrations.ts'
import { postgresSql } from '../../server/store/postgres/compiler.ts'
import { Connections } from '../../server/store/postgres/connection.ts'
import { endPostgres, postgresMissing, sharedPostgres } from '../support/postgres.ts'
import { openOnPostgres } from '../support/postgres-store.ts'
import { ada, answer } from '../support/store-samples.ts'

const made = { epoch: 'epoch-1' }

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

import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import type { Store } from '../../server/store/store.ts'
import { sample } from '../support/hostile/corpora.ts'
import { endPostgres, postgresMissing } from '../support/postgres.ts'
import { injectionFindings, injections, tryInjections } from './injection-checks.ts'
import { startWorld } from './world.ts'

after(endPostgres)

for (const [engine, skip] of [['SQLite', false], ['Postgres', postgresMissing]] as const) {
  test(`[S23] on ${engine} texts that mean something to a database are texts, in every place of every request and frame`, { skip }, async (t) => {
    const { items, figure } = sample(injections(), 20)
    t.diagnostic(figure)
    await tryInjections(t, engine, items)
  })
}

test('[S23] a search that hands its words to the database as they are is found out', async (t) => {
  const careless = (store: Store): Store => ({
    ...store,
    searchConversations: async (actor, query) => {
      if (actor.userId !== 'bob') return store.searchConversations(actor, query)
      using database = new DatabaseSync(':memory:')
      database.exec('create virtual table words using fts5(word)')
      database.prepare('select * from words where words match ?').all(query.text)
      return store.searchConversations(actor, query)
    },
    findConversation: async (actor, id) => (id.includes("' OR") ? store.findConversation({ tenantId: 'acme', userId: 'ada' }, (await store.listConversations({ tenantId: 'acme', userId: 'ada' }, { page: 1, perPage: 1, archived: false })).items[0]!.id) : store.findConversation(actor, id)),
  })
  const findings = (await injectionFindings(await startWorld(t, { overrides: { store: careless } }), ["' OR '1'='1", 'NEAR(a b)', '"a'])).join('\n')

  assert.match(findings, /search .* was answered with 500/)
  assert.match(findings, /conversation .* found what is ada’s/)
})

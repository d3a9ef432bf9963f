import { after, test } from 'node:test'
import { endPostgres, postgresMissing } from '../support/postgres.ts'
import { injections, tryInjections } from './injection-checks.ts'

after(endPostgres)

for (const [engine, skip] of [['SQLite', false], ['Postgres', postgresMissing]] as const) {
  test(`[S23] on ${engine} all texts that mean something to a database are texts`, { skip }, (t) => tryInjections(t, engine, injections()))
}

import { after, test } from 'node:test'
import { endPostgres, postgresMissing } from '../support/postgres.ts'
import { openOnPostgres } from '../support/postgres-store.ts'
import { describeStore } from './store-contract.ts'

if (postgresMissing) test('the store on Postgres', { skip: postgresMissing }, () => {})
else {
  describeStore('Postgres', (t) => openOnPostgres(t))
  after(endPostgres)
}

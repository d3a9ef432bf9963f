import { after, test } from 'node:test'
import { openPostgresStore } from '../../server/store/postgres/postgres-store.ts'
import { endPostgres, postgresMissing, sharedPostgres } from '../support/postgres.ts'
import { atEnd, closeStore } from '../support/store-folder.ts'
import { describeStore } from './store-contract.ts'

if (postgresMissing) {
  test('the store on Postgres', { skip: postgresMissing }, () => {})
} else {
  // Leases of no length: whoever asks for turns that were left is handed all of them, as at the start of a store with one process.
  describeStore('Postgres', async (t) => {
    const url = await (await sharedPostgres()).makeDatabase()
    const store = await openPostgresStore({ url, newEpoch: 'epoch-1', owner: 'n_1', leaseMs: 0 })
    atEnd(t, () => closeStore(store))
    return store
  })
  after(endPostgres)
}

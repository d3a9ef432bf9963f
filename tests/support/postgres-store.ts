import type { TestContext } from 'node:test'
import { openPostgresStore } from '../../server/store/postgres/postgres-store.ts'
import type { Store } from '../../server/store/store.ts'
import { sharedPostgres } from './postgres.ts'
import { atEnd, closeStore } from './store-folder.ts'

export interface OpenedHere {
  /** Without it, a database of its own. */
  readonly url?: string
  readonly owner?: string
  /** 0: leases are over as soon as they begin, so whoever asks for turns that were left is handed all of them. */
  readonly leaseMs?: number
}

/** A store on the Postgres of this test file, closed when the test ends. */
export async function openOnPostgres(t: TestContext, { url, owner = 'n_1', leaseMs = 0 }: OpenedHere = {}): Promise<Store> {
  const store = await openPostgresStore({ url: url ?? await (await sharedPostgres()).makeDatabase(), newEpoch: 'epoch-1', owner, leaseMs })
  atEnd(t, () => closeStore(store))
  return store
}

/** Two processes' stores on one new database. */
export async function openTwoOnPostgres(t: TestContext, leaseMs = 0): Promise<readonly [Store, Store]> {
  const url = await (await sharedPostgres()).makeDatabase()
  return Promise.all([openOnPostgres(t, { url, owner: 'n_1', leaseMs }), openOnPostgres(t, { url, owner: 'n_2', leaseMs })])
}

import type { TestContext } from 'node:test'
import { openPostgresStore } from '../../server/store/postgres/postgres-store.ts'
import type { Store } from '../../server/store/store.ts'
import { sharedPostgres, type Postgres } from './postgres.ts'
import { atEnd, closeStore } from './store-folder.ts'

export interface OpenedHere {
  /** Without it, a database of its own. */
  readonly url?: string
  readonly owner?: string
  /** 0: leases are over as soon as they begin, so whoever asks for turns that were left is handed all of them. */
  readonly leaseMs?: number
}

let prepared: Promise<string> | undefined

/** A database with an empty store in it. The schema is made once, and copied. */
async function freshDatabase(): Promise<string> {
  const postgres = await sharedPostgres()
  prepared ??= prepare(postgres)
  return postgres.makeDatabase(await prepared)
}

async function prepare(postgres: Postgres): Promise<string> {
  const url = await postgres.makeDatabase()
  await closeStore(await openPostgresStore({ url, newEpoch: 'epoch-1', owner: 'n_1', leaseMs: 0 }))
  return new URL(url).pathname.slice(1)
}

/** A store on the Postgres of this test file, closed when the test ends. */
export async function openOnPostgres(t: TestContext, { url, owner = 'n_1', leaseMs = 0 }: OpenedHere = {}): Promise<Store> {
  const store = await openPostgresStore({ url: url ?? await freshDatabase(), newEpoch: 'epoch-1', owner, leaseMs })
  atEnd(t, () => closeStore(store))
  return store
}

/** Two processes' stores on one new database. */
export async function openTwoOnPostgres(t: TestContext, leaseMs = 0): Promise<readonly [Store, Store]> {
  const url = await freshDatabase()
  return Promise.all([openOnPostgres(t, { url, owner: 'n_1', leaseMs }), openOnPostgres(t, { url, owner: 'n_2', leaseMs })])
}

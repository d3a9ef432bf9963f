import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { Client } from 'pg'
import { searchConversations } from '../../server/store/queries/search.ts'
import { postgresSql } from '../../server/store/postgres/compiler.ts'
import { Connections } from '../../server/store/postgres/connection.ts'
import { StoreError, type Store } from '../../server/store/store.ts'
import { endPostgres, postgresMissing, sharedPostgres } from '../support/postgres.ts'
import { openOnPostgres } from '../support/postgres-store.ts'
import { find, indexAll, tell } from '../support/search-samples.ts'
import { atEnd, closeStore } from '../support/store-folder.ts'
import { ada, morning } from '../support/store-samples.ts'
import { TcpFault } from '../support/tcp-fault.ts'

const searches = 20
/** What a search costs this thread in processor time, against what it costs where it is thought out; the busy machine is in both. */
const mostShare = 1 / 3

const isUnavailable = (error: unknown) => error instanceof StoreError && error.code === 'store_unavailable'

/** Milliseconds of the processor that this thread, and no other, used for so many searches. */
async function ownTime(search: () => Promise<{ readonly total: number }>): Promise<number> {
  await search()
  const before = process.threadCpuUsage()
  for (let n = 0; n < searches; n++) assert.equal((await search()).total, 120)
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000
}

/** A store behind a wire that can be cut, with something to find; what is not answered is given up after a third of a second. */
async function behindWire(t: Parameters<typeof openOnPostgres>[0]): Promise<{ readonly store: Store; readonly wire: TcpFault; readonly url: string }> {
  const postgres = await sharedPostgres()
  const url = await postgres.makeDatabase()
  const wire = await TcpFault.open(postgres.port)
  atEnd(t, () => wire[Symbol.asyncDispose]())
  const throughWire = Object.assign(new URL(url), { port: String(wire.port), search: '?statement_timeout=300&query_timeout=400' }).href
  const store = await openOnPostgres(t, { url: throughWire })
  await tell(store, ada, 'Garden', ['the hedgehog', 'yes'])
  await indexAll(store)
  return { store, wire, url }
}

suite('the thread that reads from Postgres', { skip: postgresMissing }, () => {
  after(endPostgres)

  test('[SE13] a search costs the thread that streams next to nothing', async (t) => {
    const url = await (await sharedPostgres()).makeDatabase()
    const store = await openOnPostgres(t, { url })
    const text = Array.from({ length: 60 }, (_, n) => `word${n % 20} hedgehog`).join(' ')
    await Promise.all(Array.from({ length: 120 }, (_, n) => tell(store, ada, `Note ${n}`, [`${text} ${n}`, 'yes'])))
    await indexAll(store)
    const connections = new Connections({ url, connections: 1 })
    atEnd(t, () => connections.close())
    const request = { text: 'hedgehog word7 word9', archived: false, page: 1, perPage: 100, now: morning }

    const elsewhere = await ownTime(() => store.searchConversations(ada, request))
    const here = await ownTime(() => connections.transaction('read', searchConversations(postgresSql, { actor: ada, request })))

    t.diagnostic(`${(elsewhere / searches).toFixed(2)} ms of this thread for a search in the other, ${(here / searches).toFixed(2)} ms for one here`)
    assert.ok(elsewhere < here * mostShare, `${elsewhere} ms, and ${here} ms if it were done here`)
  })

  test('[ST1] reads that were asked for before the store is closed are answered, however many; later ones are refused', async (t) => {
    const store = await openOnPostgres(t)
    await tell(store, ada, 'Garden', ['the hedgehog', 'yes'])
    await indexAll(store)

    const asked = Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? find(store, ada, 'hedgehog') : store.listConversations(ada, { page: 1, perPage: 9, archived: false })))
    await closeStore(store)

    assert.deepEqual((await Promise.all(asked)).map(({ total }) => total), Array.from({ length: 40 }, () => 1))
    await assert.rejects(find(store, ada, 'hedgehog'), isUnavailable)
  })

  test('[R26] while the database is away a search is refused, and when it is back it finds again', async (t) => {
    const { store, wire } = await behindWire(t)

    wire.goAway()
    await assert.rejects(find(store, ada, 'hedgehog'), isUnavailable)
    await assert.rejects(store.listConversations(ada, { page: 1, perPage: 9, archived: false }), isUnavailable)
    wire.restore()

    assert.equal((await find(store, ada, 'hedgehog')).total, 1)
  })

  test('[R26] a search that gets no answer is given up, by the database or on a connection that leads nowhere', async (t) => {
    const { store, wire, url } = await behindWire(t)
    const other = new Client({ connectionString: url })
    await other.connect()
    await other.query('begin; lock table search_archive in access exclusive mode')

    await assert.rejects(find(store, ada, 'hedgehog'), /statement timeout/)
    await other.end()
    assert.equal((await find(store, ada, 'hedgehog')).total, 1)
    wire.goDead()
    await assert.rejects(find(store, ada, 'hedgehog'), isUnavailable)
    wire.restore()

    assert.equal((await find(store, ada, 'hedgehog')).total, 1)
  })
})

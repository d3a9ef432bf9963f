import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import { fromStoredText, toStoredText } from '../../server/store/postgres/text.ts'
import { openPostgresStore } from '../../server/store/postgres/postgres-store.ts'
import { timelineOf } from '../../server/store/postgres/timeline.ts'
import type { AbandonedTurn } from '../../server/store/store.ts'
import { endPostgres, Postgres, postgresMissing, sharedPostgres } from '../support/postgres.ts'
import { openOnPostgres, openTwoOnPostgres } from '../support/postgres-store.ts'
import { closeStore } from '../support/store-folder.ts'
import { ada, answer, freshId, open, question, settlement, textRows } from '../support/store-samples.ts'

const rows = textRows('Sunny', ' and warm.')
const again = () => ({ turnId: freshId('t'), messageId: freshId('m'), responseId: freshId('m'), newConversationId: freshId('c') })

test('every text comes back from Postgres as it went in, and different texts stay different', () => {
  const text = fc.array(fc.constantFrom('\0', '\uE000', '0', '1', 'a', '😀')).map((characters) => characters.join(''))
  fc.assert(fc.property(text, text, (one, other) => {
    assert.equal(fromStoredText(toStoredText(one)), one)
    assert.ok(!toStoredText(one).includes('\0'))
    assert.equal(toStoredText(one) === toStoredText(other), one === other)
  }))
})

suite('the store on Postgres', { skip: postgresMissing }, () => {
  after(endPostgres)

  test('[ST3] no setting of the server, the database or the role lowers what a commit means', async (t) => {
    const postgres = await sharedPostgres()
    const url = await postgres.makeDatabase()
    await postgres.query('postgres', `alter database ${new URL(url).pathname.slice(1)} set synchronous_commit = off`)
    const store = await openOnPostgres(t, { url })

    assert.deepEqual(await store.check(), { engine: 'postgres', durability: 'on' })
  })

  test('[ST3] a server that does not flush is refused', async () => {
    const postgres = await sharedPostgres()
    await postgres.query('postgres', 'alter system set fsync = off')
    await postgres.query('postgres', 'select pg_reload_conf()')
    try {
      await sleep(200)
      const opened = openPostgresStore({ url: postgres.url('postgres'), newEpoch: 'epoch-1', owner: 'n_1', leaseMs: 0 })
      await assert.rejects(opened, /fsync=off.+Set fsync to on/)
    } finally {
      await postgres.query('postgres', 'alter system reset fsync')
      await postgres.query('postgres', 'select pg_reload_conf()')
      await sleep(200)
    }
  })

  test('a database that is not there is named with what to do, and without its password', async () => {
    const postgres = await sharedPostgres()
    for (const place of [`127.0.0.1:${postgres.port}/nowhere`, '127.0.0.1:1/parley']) {
      const opened = openPostgresStore({ url: `postgres://ada:canary@${place}`, newEpoch: 'epoch-1', owner: 'n_1', leaseMs: 0 })
      await assert.rejects(opened, (error: Error) => /DATABASE_URL cannot be used.+Start it, or set/.test(error.message) && !error.message.includes('canary'))
    }
  })

  test('processes that start at once on an empty database make it once', async (t) => {
    const url = await (await sharedPostgres()).makeDatabase()

    const stores = await Promise.all([1, 2, 3, 4, 5].map((n) => openOnPostgres(t, { url, owner: `n_${n}` })))

    assert.equal(new Set(stores.map(({ epoch }) => epoch)).size, 1)
    await answer(stores[0]!, ada)
    assert.equal((await stores[4]!.listConversations(ada, { page: 1, perPage: 10, archived: false })).total, 1)
  })

  test('[ST4] one message sent 50 times to two processes opens one turn', async (t) => {
    const stores = await openTwoOnPostgres(t)
    const asked = question(ada, { runningLimit: 3 })

    const opened = await Promise.all(Array.from({ length: 50 }, (_, i) => stores[i % 2]!.openTurn({ ...asked, ...again() })))

    assert.equal(opened.filter(({ kind }) => kind === 'opened').length, 1)
    assert.equal(opened.filter(({ kind }) => kind === 'repeated').length, 49)
    assert.equal(new Set(opened.map((each) => each.kind === 'repeated' ? each.turn.id : each.kind === 'opened' && each.turn.turnId)).size, 1)
  })

  test('[ST5] of questions that race for one conversation over two processes one opens, and the limit holds to the last', async (t) => {
    const stores = await openTwoOnPostgres(t)
    const { conversationId } = await answer(stores[0], ada)

    const inOne = await Promise.all(Array.from({ length: 20 }, (_, i) => stores[i % 2]!.openTurn(question(ada, { conversationId }))))
    const inMany = await Promise.all(Array.from({ length: 20 }, (_, i) => stores[i % 2]!.openTurn(question(ada, { runningLimit: 5 }))))

    assert.equal(inOne.filter(({ kind }) => kind === 'opened').length, 1)
    assert.deepEqual(inMany.map(({ kind }) => kind).toSorted(), [...Array.from({ length: 4 }, () => 'opened'), ...Array.from({ length: 16 }, () => 'too_many_turns')])
  })

  test('[ST14] a name that is given while a question opens is not lost', async (t) => {
    const stores = await openTwoOnPostgres(t)
    for (let round = 0; round < 20; round++) {
      const made = await stores[0].createConversation({ actor: ada, id: freshId('c'), title: null, agentId: 'AnimA', memoryMode: 'persistent', now: 0 })
      await Promise.all([
        stores[0].openTurn(question(ada, { conversationId: made.id })),
        stores[1].changeConversation({ actor: ada, id: made.id, title: 'Named' }),
      ])
      const found = await stores[0].findConversation(ada, made.id)
      assert.deepEqual([found?.title, found?.rev], ['Named', made.rev + 2])
    }
  })

  test('[ST10] of two processes that close a turn one does', async (t) => {
    const [one, other] = await openTwoOnPostgres(t)
    for (let round = 0; round < 20; round++) {
      const turn = await open(one, ada)
      const closed = await Promise.all([one.settleTurn(settlement(turn, rows)), other.settleTurn(settlement(turn, [], 'stopped'))])
      assert.deepEqual(closed.toSorted(), [false, true])
    }
  })

  test('[ST8] a row that comes while its turn is taken over is in what is handed over, or refused', async (t) => {
    const [owner, taker] = await openTwoOnPostgres(t)
    let refused = 0
    for (let round = 0; round < 60; round++) {
      const turn = await open(owner, ada)
      const appends = rows.map(async (row) => owner.appendDeltas([{ turnId: turn.turnId, fence: 1, rows: [row] }]))
      await sleep(Math.random() * 4)
      // One that is being written to at this moment is passed over, and found by the next look.
      let claimed: AbandonedTurn | undefined
      while (!claimed) claimed = (await taker.claimAbandonedTurns()).find(({ turnId }) => turnId === turn.turnId)
      refused += (await Promise.all(appends)).flat().length
      assert.deepEqual((await taker.readLog(ada, turn.turnId))?.rows, claimed.rows)
      await taker.settleTurn(settlement(claimed, claimed.rows, 'interrupted'))
    }
    t.diagnostic(`${refused} of 120 rows refused`)
  })

  test('[ST9] a row that is written again because its answer was lost is there once', async (t) => {
    const store = await openOnPostgres(t)
    const turn = await open(store, ada)
    const batch = { turnId: turn.turnId, fence: 1, rows }

    assert.deepEqual([await store.appendDeltas([batch]), await store.appendDeltas([batch])], [[], []])

    assert.deepEqual((await store.readLog(ada, turn.turnId))?.rows, rows)
  })

  test('[ST31] a turn is taken over when its lease is over, by one process, and not before', async (t) => {
    const url = await (await sharedPostgres()).makeDatabase()
    const [owner, ...others] = await Promise.all(['n_1', 'n_2', 'n_3'].map((name) => openOnPostgres(t, { url, owner: name, leaseMs: 400 })))
    const [left, renewed] = [await open(owner!, ada), await open(owner!, ada)]
    const claimed = async () => (await Promise.all(others.map((store) => store.claimAbandonedTurns()))).flat().map(({ turnId }) => turnId)

    assert.deepEqual(await claimed(), [])
    await sleep(250)
    assert.deepEqual(await owner!.renewLeases([{ turnId: renewed.turnId, fence: 1 }]), [])
    await sleep(250)
    assert.deepEqual(await claimed(), [left.turnId])
    assert.deepEqual(await owner!.renewLeases([left, renewed].map(({ turnId, fence }) => ({ turnId, fence }))), [left.turnId])
  })

  test('[ST31] whoever writes rows is alive: that renews a lease, too', async (t) => {
    const [owner, other] = await openTwoOnPostgres(t, 400)
    const turn = await open(owner, ada)
    for (let seq = 1; seq <= 8; seq++) {
      await sleep(100)
      await owner.appendDeltas([{ turnId: turn.turnId, fence: 1, rows: [{ seq, kind: 'text', text: 'word ' }] }])
    }

    assert.deepEqual(await other.claimAbandonedTurns(), [])
  })

  test('[ST33] the epoch stays for the life of the data, and a copy has another', async (t) => {
    await using postgres = await Postgres.start()
    const url = await postgres.makeDatabase()
    const epochOf = async (address: string) => {
      const store = await openOnPostgres(t, { url: address })
      await closeStore(store)
      return store.epoch
    }
    const epoch = await epochOf(url)

    await postgres.stop('SIGINT')
    await postgres.resume()
    assert.equal(await epochOf(url), epoch)
    await postgres.query('postgres', `create database copied template ${new URL(url).pathname.slice(1)}`)
    const copied = await epochOf(postgres.url('copied'))
    await postgres.stop('SIGINT')
    await postgres.resume({ promoted: true })
    const promoted = await epochOf(url)

    assert.equal(new Set([epoch, copied, promoted]).size, 3)
  })

  test('[ST18] an operator reads a turn\'s timeline beside servers that run', async (t) => {
    const url = await (await sharedPostgres()).makeDatabase()
    const store = await openOnPostgres(t, { url })
    const turn = await answer(store, ada)

    assert.deepEqual(await timelineOf(url, turn.turnId), await store.readTimeline(turn.turnId))
    assert.equal(await timelineOf(url, 't_nowhere'), null)
  })
})

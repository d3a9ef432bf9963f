import assert from 'node:assert/strict'
import { after, suite, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { localBus } from '../../server/bus/local-bus.ts'
import { keepDuty } from '../../server/jobs/keep-duty.ts'
import { systemClock } from '../../server/lib/clock.ts'
import { keepIndexed } from '../../server/search/keep-indexed.ts'
import type { TakeJobs } from '../../server/store/job.ts'
import type { Store } from '../../server/store/store.ts'
import { endPostgres, postgresMissing } from '../support/postgres.ts'
import { openTwoOnPostgres } from '../support/postgres-store.ts'
import { find, tell } from '../support/search-samples.ts'
import { atEnd } from '../support/store-folder.ts'
import { ada, answer, morning } from '../support/store-samples.ts'

const minutes = (count: number) => count * 60_000
/** When what was deleted in the morning has been due for a while, by anybody's clock. */
const now = morning + 31 * 86_400_000

const take = (store: Store, given: Partial<TakeJobs>) => store.takeJobs({ kinds: ['purge'], limit: 9, owner: 'n', leaseMs: 30_000, now, ...given })

async function deleteOne(store: Store): Promise<void> {
  const { conversationId } = await answer(store, ada)
  await store.deleteConversation({ actor: ada, id: conversationId, now: morning })
}

interface Indexing {
  /** Messages and titles that it brought in. */
  added: number
  /** From now on it says nothing more, as if its process had died, and its work goes on, as if it had not. */
  isSilent: boolean
}

/** A process that would keep the search of a store. */
function indexing(t: TestContext, store: Store, owner: string, leaseMs: number): Indexing {
  const own: Indexing = { added: 0, isSilent: false }
  const watched: Store = {
    ...store, leaseMs,
    takeDuty: (command) => (own.isSilent ? new Promise((resolve) => atEnd(t, () => resolve(false))) : store.takeDuty(command)),
    async addDocuments(documents, moment) {
      await store.addDocuments(documents, moment)
      own.added += documents.length
    },
  }
  const parts = { store: watched, clock: systemClock, bus: localBus(), events: { dutyTaken: () => {}, unexpected: (where: string, error: unknown) => assert.fail(`${where}: ${String(error)}`) } }
  const stop = keepDuty({ ...parts, owner }, 'search', keepIndexed(parts))
  atEnd(t, stop)
  return own
}

async function untilFound(store: Store, text: string, count: number): Promise<void> {
  for (let n = 0; (await find(store, ada, text, { perPage: 100 })).total < count; n++) {
    assert.ok(n < 1000, `${text} was not found ${count} times`)
    await sleep(10)
  }
}

suite('leases on Postgres', { skip: postgresMissing }, () => {
  after(endPostgres)

  test('[R31] [J2] a leased job is nobody else’s, and comes to the next, by the database’s clock, whatever the processes’ own clocks say', async (t) => {
    const [behind, ahead] = await openTwoOnPostgres(t)
    await deleteOne(behind)
    const [early, late] = [now - minutes(60), now + minutes(60)]

    const [job] = await take(behind, { now: early })
    assert.deepEqual(await take(ahead, { now: late }), [])
    assert.equal(await behind.keepJob({ ...job!, leaseMs: 30_000, now: early }), true)
    assert.deepEqual(await take(ahead, { now: late }), [])
    // Its lease ends; the clock of whoever looks is behind all that was ever said to the database.
    await behind.keepJob({ ...job!, leaseMs: 1, now: late })
    await sleep(20)
    await take(ahead, { now: early - minutes(60), leaseMs: 1 })
    const [next] = await take(ahead, { now: early })

    assert.deepEqual([next?.id, next?.attempts], [job!.id, 2])
    assert.equal(await behind.finishJob(job!), false)
  })

  test('[R31] [J11] a duty stays with its process, whatever the processes’ own clocks say', async (t) => {
    const [behind, ahead] = await openTwoOnPostgres(t)
    const ask = (store: Store, owner: string, moment: number) => store.takeDuty({ duty: 'search', owner, leaseMs: 30_000, now: moment })

    assert.equal(await ask(behind, 'n_1', now - minutes(60)), true)

    assert.equal(await ask(ahead, 'n_2', now + minutes(60)), false)
  })

  test('[J11] [SE7] of two processes one brings in what both are told, and the other does when the first falls silent', async (t) => {
    const leaseMs = 2000
    const [one, other] = await openTwoOnPostgres(t)
    const nodes = [indexing(t, one, 'n_1', leaseMs), indexing(t, other, 'n_2', leaseMs)]
    const say = (count: number, word: string) => Promise.all(Array.from({ length: count }, (_, n) => tell(n % 2 === 0 ? one : other, ada, `${word} ${n}`, [word, 'yes'])))

    await say(20, 'hedgehog')
    await untilFound(one, 'hedgehog', 20)
    const added = nodes.map((node) => node.added)
    assert.deepEqual(added.toSorted((a, b) => a - b), [0, 60], 'a title, a question and an answer each, all by one')
    const first = nodes.find((node) => node.added > 0)!
    first.isSilent = true
    for (const silent = performance.now(); nodes.every((node) => node === first || node.added === 0);) {
      assert.ok(performance.now() - silent < 3 * (leaseMs + leaseMs / 3 + 1000), 'nobody took it over')
      await say(1, 'lighthouse')
      await sleep(50)
    }
    const said = (await find(other, ada, 'lighthouse', { perPage: 100 })).total
    await say(1, 'heliotrope')
    await untilFound(other, 'heliotrope', 1)

    assert.ok(said > 0)
    assert.equal((await find(one, ada, 'hedgehog', { perPage: 100 })).total, 20, 'each once')
  })
})

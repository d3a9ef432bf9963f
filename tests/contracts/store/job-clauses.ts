import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Job, TakeJobs } from '../../../server/store/job.ts'
import type { Store } from '../../../server/store/store.ts'
import { ada, answer, bob, morning, otherAda } from '../../support/store-samples.ts'
import type { Clause } from './clause.ts'

const days = (count: number) => count * 86_400_000
/** When what was deleted in the morning is due. */
const due = morning + days(30)

const take = (store: Store, given: Partial<TakeJobs> = {}) =>
  store.takeJobs({ kinds: ['purge'], limit: 10, owner: 'this test', leaseMs: 30_000, now: due, ...given })

/**
 * A lease that is over in no time, by the clock of the database or by the one that is handed in. Who asks with it takes others for as
 * short-lived, also right after the start of a server.
 */
const leaseOverSoon = { leaseMs: 1 }

/** Waits until such a lease is over. Resolves with a moment after it. */
async function afterLease(): Promise<number> {
  await sleep(20)
  return due + 20
}

/** A conversation that was deleted in the morning. */
async function deleted(store: Store, actor = ada): Promise<string> {
  const { conversationId } = await answer(store, actor)
  assert.equal(await store.deleteConversation({ actor, id: conversationId, now: morning }), true)
  return conversationId
}

async function takeOne(store: Store, given: Partial<TakeJobs> = {}): Promise<Job> {
  const [job, ...more] = await take(store, given)
  assert.ok(job)
  assert.deepEqual(more, [])
  return job
}

export function jobClauses(clause: Clause): void {
  clause('[J1] a job is there with the commit of what it is for, and not before its time', async (store) => {
    const id = await deleted(store)

    assert.deepEqual(await take(store, { now: due - 1 }), [])
    const { kind, key, actor, payload, attempts } = await takeOne(store)

    assert.deepEqual({ kind, key, actor, payload, attempts }, { kind: 'purge', key: `purge/${id}`, actor: ada, payload: { conversation_id: id }, attempts: 1 })
  })

  clause('[J1] what is refused leaves no job', async (store) => {
    const { conversationId } = await answer(store, ada)

    assert.equal(await store.deleteConversation({ actor: bob, id: conversationId, now: morning }), false)

    assert.deepEqual(await take(store), [])
  })

  clause('[J2] a leased job is nobody else\'s until its lease has run out, and then it waits as after an error', async (store) => {
    await deleted(store)
    const first = await takeOne(store)
    assert.deepEqual(await take(store), [])
    await store.keepJob({ ...first, ...leaseOverSoon, now: due })

    const later = await afterLease()
    assert.deepEqual(await take(store, { now: later, ...leaseOverSoon }), [])
    const second = await takeOne(store, { now: later + 1000 })

    assert.equal(second.id, first.id)
    assert.equal(second.attempts, 2)
    assert.ok(second.fence > first.fence)
  })

  clause('[J2] a heartbeat keeps a lease', async (store) => {
    await deleted(store)
    const job = await takeOne(store, leaseOverSoon)

    assert.equal(await store.keepJob({ ...job, leaseMs: 30_000, now: due }), true)

    assert.deepEqual(await take(store, { now: await afterLease(), ...leaseOverSoon }), [])
    assert.equal(await store.finishJob(job), true)
  })

  clause('[J3] whoever lost a job neither keeps nor ends it', async (store) => {
    await deleted(store)
    const lost = await takeOne(store, leaseOverSoon)
    const later = await afterLease()
    await take(store, { now: later, ...leaseOverSoon })
    const held = await takeOne(store, { now: later + 1000 })

    assert.equal(await store.keepJob({ ...lost, leaseMs: 30_000, now: later }), false)
    assert.equal(await store.finishJob(lost), false)
    assert.equal(await store.returnJob(lost), false)
    assert.equal(await store.retryJob({ ...lost, error: 'too late', now: later }), 'lost')

    assert.equal(await store.finishJob(held), true)
    assert.deepEqual(await take(store, { now: due + days(1) }), [])
  })

  clause('[J11] of all who ask for a duty one has it, as long as it says so and until it leaves', async (store) => {
    const ask = (owner: string) => store.takeDuty({ duty: 'search', owner, leaseMs: 30_000, now: morning })

    const asked = await Promise.all(['n_1', 'n_2', 'n_3', 'n_4'].map(ask))
    const holder = `n_${asked.indexOf(true) + 1}`
    const other = holder === 'n_1' ? 'n_2' : 'n_1'

    assert.deepEqual(asked.toSorted(), [false, false, false, true])
    assert.deepEqual([await ask(holder), await ask(other)], [true, false])
    await store.leaveDuty({ duty: 'search', owner: other })
    assert.equal(await ask(other), false)
    await store.leaveDuty({ duty: 'search', owner: holder })
    assert.deepEqual([await ask(other), await ask(holder)], [true, false])
  })

  clause('[J11] whose holder has not been heard of for a lease, that duty is another\'s', async (store) => {
    assert.equal(await store.takeDuty({ duty: 'search', owner: 'n_1', ...leaseOverSoon, now: morning }), true)
    const later = morning - due + await afterLease()

    assert.equal(await store.takeDuty({ duty: 'search', owner: 'n_2', ...leaseOverSoon, now: later }), true)
    assert.equal(await store.takeDuty({ duty: 'search', owner: 'n_2', leaseMs: 30_000, now: later }), true)

    assert.equal(await store.takeDuty({ duty: 'search', owner: 'n_1', leaseMs: 30_000, now: later }), false)
  })

  clause('[J11] a duty is no job: nobody takes it for one, or counts it', async (store) => {
    await store.takeDuty({ duty: 'search', owner: 'n_1', ...leaseOverSoon, now: morning })
    await store.leaveDuty({ duty: 'search', owner: 'n_1' })

    assert.deepEqual(await take(store, { kinds: ['search'], now: await afterLease(), ...leaseOverSoon }), [])
    assert.deepEqual(await store.countJobs(['search'], due), [{ kind: 'search', due: 0, dead: 0 }])
  })

  clause('[J4] of jobs with one key there is one, for the newest asking', async (store) => {
    const id = await deleted(store)
    await store.restoreConversation({ actor: ada, id, now: morning })
    await store.deleteConversation({ actor: ada, id, now: morning + days(2) })

    assert.deepEqual(await take(store), [])
    assert.equal((await takeOne(store, { now: due + days(2) })).key, `purge/${id}`)
  })

  clause('[J5] a job that fails is tried later, each time later, and in the end not any more', async (store) => {
    await deleted(store)
    let now = due
    let tries = 0
    for (let retried = 'waiting'; retried === 'waiting';) {
      const job = await takeOne(store, { now })
      retried = await store.retryJob({ ...job, error: 'no luck', now })
      tries += 1
      const pauseMs = Math.min(3_600_000, 1000 * 2 ** (tries - 1))
      assert.deepEqual(await take(store, { now: now + pauseMs - 1 }), [])
      now += pauseMs
    }

    assert.equal(tries, 64)
    assert.deepEqual(await take(store, { now: now + days(30) }), [])
    assert.deepEqual(await store.countJobs(['purge'], now), [{ kind: 'purge', due: 0, dead: 1 }])
    // The next start asks for what was given up once more.
    assert.equal(await store.planPurges({ after: null, now }), null)
    assert.equal((await takeOne(store, { now })).attempts, 1)
  })

  clause('[J6] a job that is given back costs no try', async (store) => {
    await deleted(store)
    for (let i = 0; i < 3; i++) {
      const job = await takeOne(store)
      assert.equal(job.attempts, 1)
      assert.equal(await store.returnJob(job), true)
    }
  })

  clause('[J7] only jobs of the kinds asked for are taken, those longest due first, no more than the limit', async (store) => {
    const ids = [await deleted(store), await deleted(store, bob), await deleted(store, otherAda)]

    assert.deepEqual(await take(store, { kinds: ['something else'] }), [])
    assert.deepEqual(await store.countJobs(['purge', 'something else'], due), [{ kind: 'purge', due: 3, dead: 0 }, { kind: 'something else', due: 0, dead: 0 }])
    const [first, second] = await take(store, { limit: 2 })
    const [third, ...none] = await take(store, { limit: 2 })

    assert.deepEqual(new Set([first, second, third].map((job) => job?.payload['conversation_id'])), new Set(ids))
    assert.deepEqual(none, [])
  })
}


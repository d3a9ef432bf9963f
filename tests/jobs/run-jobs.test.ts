import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { runJobs, type JobHandler } from '../../server/jobs/run-jobs.ts'
import type { Job } from '../../server/store/job.ts'
import type { Store } from '../../server/store/store.ts'
import type { CountedJobs, EndedJob } from '../../server/telemetry/events.ts'
import { ShiftedClock } from '../support/cluster/shifted-clock.ts'
import { atEnd, openStore } from '../support/store-folder.ts'
import { ada, answer } from '../support/store-samples.ts'

const days = (count: number) => count * 86_400_000

interface Running {
  readonly store: Store
  readonly clock: ShiftedClock
  readonly ended: EndedJob[]
  readonly counted: CountedJobs[]
  readonly errors: string[]
  readonly stop: () => Promise<void>
  /** Resolves once `look` is true. */
  until(look: () => boolean): Promise<void>
}

/** Runs jobs of a store in which as many purges are due as said, with this handler in the place of the purge. */
async function run(t: TestContext, due: number, handler: JobHandler, wrap: (store: Store) => Store = (store) => store): Promise<Running> {
  const clock = new ShiftedClock()
  const opened = openStore(t)
  for (let i = 0; i < due; i++) {
    const { conversationId } = await answer(opened, ada)
    await opened.deleteConversation({ actor: ada, id: conversationId, now: clock.now() - days(30) })
  }
  const store = wrap(opened)
  const [ended, counted, errors]: [EndedJob[], CountedJobs[], string[]] = [[], [], []]
  const stop = runJobs(
    {
      store, clock, owner: 'this test',
      events: { jobEnded: (job) => void ended.push(job), jobsCounted: (counts) => void counted.push(...counts), unexpected: (_, error) => void errors.push((error as Error).message) },
    },
    { purge: handler },
  )
  atEnd(t, stop)
  return {
    store, clock, ended, counted, errors, stop,
    async until(look) {
      for (let i = 0; !look(); i++) {
        assert.ok(i < 1000, `it did not come: ${JSON.stringify({ ended, errors })}`)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
  }
}

test('[J1] every job that is due is done, a few at a time', async (t) => {
  const done: string[] = []
  let atWork = 0
  let most = 0
  const running = await run(t, 11, {
    async handle(job) {
      most = Math.max(most, ++atWork)
      await new Promise((resolve) => setTimeout(resolve, 5))
      atWork -= 1
      done.push(job.id)
      return 'done'
    },
  })

  await running.until(() => running.ended.length === 11)

  assert.equal(new Set(done).size, 11)
  assert.equal(done.length, 11)
  assert.equal(most, 4)
  assert.deepEqual(new Set(running.ended.map(({ outcome }) => outcome)), new Set(['done']))
  assert.deepEqual(await running.store.countJobs(['purge'], running.clock.now() + days(99)), [{ kind: 'purge', due: 0, dead: 0 }])
})

test('[J10] long work goes on in slices until there is no more', async (t) => {
  let slices = 0
  const running = await run(t, 1, { handle: async () => (++slices < 7 ? 'more' : 'done') })

  await running.until(() => running.ended.length === 1)

  assert.equal(slices, 7)
})

test('[J2] work that takes longer than its lease keeps it', async (t) => {
  let finish = () => {}
  const waiting = new Promise<void>((resolve) => (finish = resolve))
  let begun = 0
  const running = await run(t, 1, {
    async handle() {
      begun += 1
      await waiting
      return 'done'
    },
  })
  await running.until(() => begun === 1)

  for (let i = 0; i < 6; i++) {
    running.clock.advance(10_000)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const others = await running.store.takeJobs({ kinds: ['purge'], limit: 1, owner: 'another', leaseMs: 1000, now: running.clock.now() })
  finish()
  await running.until(() => running.ended.length === 1)

  assert.deepEqual(others, [])
  assert.deepEqual([begun, running.ended[0]?.outcome], [1, 'done'])
})

test('[J3] whoever lost a job is told to stop, and does not end it', async (t) => {
  let held: AbortSignal | null = null
  const running = await run(t, 1, {
    async handle(_, signal) {
      held = signal
      return 'more'
    },
  }, (store) => ({ ...store, keepJob: async () => false }))
  await running.until(() => held !== null)

  running.clock.advance(10_000)
  await running.until(() => running.ended.length === 1)

  assert.equal(held!.aborted, true)
  assert.equal(running.ended[0]?.outcome, 'lost')
})

test('[J5] a job that fails is told, and tried again later', async (t) => {
  let tries = 0
  const running = await run(t, 1, {
    async handle() {
      if (++tries < 3) throw new Error(`no luck ${tries}`)
      return 'done'
    },
  })

  await running.until(() => running.ended.length === 1)
  running.clock.advance(1000)
  await running.until(() => running.ended.length === 2)
  running.clock.advance(2000)
  await running.until(() => running.ended.length === 3)

  assert.deepEqual(running.ended.map(({ outcome, attempts }) => [outcome, attempts]), [['retried', 1], ['retried', 2], ['done', 3]])
  assert.deepEqual(running.errors, ['no luck 1', 'no luck 2'])
})

test('[J6] who is told to end finishes the slice at hand, gives the job back, and takes no other', async (t) => {
  let slices = 0
  const running = await run(t, 6, {
    async handle() {
      slices += 1
      await new Promise((resolve) => setTimeout(resolve, 20))
      return 'more'
    },
  })
  await running.until(() => slices >= 4)

  await running.stop()
  const after = slices
  const left = await running.store.takeJobs({ kinds: ['purge'], limit: 9, owner: 'the next', leaseMs: 1000, now: running.clock.now() })

  assert.deepEqual(running.ended.map(({ outcome }) => outcome), ['returned', 'returned', 'returned', 'returned'])
  assert.deepEqual(left.map(({ attempts }) => attempts), [1, 1, 1, 1, 1, 1])
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(slices, after)
})

test('[J7] a kind whose work takes long keeps no other kind waiting', async (t) => {
  const clock = new ShiftedClock()
  const now = clock.now()
  const job = (kind: string): Job => ({ id: `j_${kind}`, kind, key: null, actor: ada, payload: {}, attempts: 1, fence: 1 })
  const waiting = new Map([['slow', [job('slow')]], ['quick', [job('quick')]]])
  const ended: string[] = []
  let finish = () => {}
  const stop = runJobs(
    {
      clock, owner: 'this test', events: { jobEnded: ({ kind }) => void ended.push(kind), jobsCounted: () => {}, unexpected: (_, error) => assert.fail(error as Error) },
      store: {
        takeJobs: async ({ kinds }) => kinds.flatMap((kind) => waiting.get(kind)!.splice(0)), keepJob: async () => true, finishJob: async () => true,
        retryJob: async () => 'waiting', returnJob: async () => true, countJobs: async () => [],
      },
    },
    { slow: { handle: () => new Promise((resolve) => (finish = () => resolve('done'))) }, quick: { handle: async () => 'done' } },
  )
  t.after(stop)

  while (ended.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  assert.deepEqual(ended, ['quick'])
  finish()
  await stop()

  assert.deepEqual(ended, ['quick', 'slow'])
  assert.ok(clock.now() >= now)
})

test('[J5] a store that cannot say what is due is asked again', async (t) => {
  let asked = 0
  const running = await run(t, 1, { handle: async () => 'done' }, (store) => ({
    ...store,
    takeJobs(command) {
      if (++asked === 1) throw new Error('the disk is full')
      return store.takeJobs(command)
    },
  }))
  await running.until(() => asked === 1)
  running.clock.advance(1000)

  await running.until(() => running.ended.length === 1)

  assert.deepEqual(running.errors, ['the disk is full'])
})

test('how many jobs are due and how many were given up is counted', async (t) => {
  const running = await run(t, 2, { handle: async () => 'done' })
  await running.until(() => running.ended.length === 2)
  const before = running.counted.length

  running.clock.advance(15_000)
  await running.until(() => running.counted.length > before)

  assert.deepEqual(running.counted.at(-1), { kind: 'purge', due: 0, dead: 0 })
})

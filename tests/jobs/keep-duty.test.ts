import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { keepDuty } from '../../server/jobs/keep-duty.ts'
import { systemClock } from '../../server/lib/clock.ts'
import type { DutyStore } from '../../server/store/job.ts'
import { atEnd, openStore } from '../support/store-folder.ts'

/** Long enough that a busy machine does not let it run out. */
const leaseMs = 1500

interface Node {
  readonly name: string
  /** Whether its work goes on. */
  working: boolean
  /** The store cannot be reached from here. */
  isCutOff: boolean
  readonly errors: string[]
  stop: () => Promise<void>
}

/** A process that asks for a duty over this store, as if others shared it. */
function node(t: TestContext, name: string, store: DutyStore, lease: number | null = leaseMs): Node {
  const own: Node = { name, working: false, isCutOff: false, errors: [], stop: async () => {} }
  const reached = async () => void (own.isCutOff && assert.fail('cut off'))
  own.stop = keepDuty({
    owner: name, clock: systemClock, events: { dutyTaken: () => {}, unexpected: (where) => void own.errors.push(where) },
    store: {
      leaseMs: lease, takeDuty: (command) => reached().then(() => store.takeDuty(command)), leaveDuty: (command) => reached().then(() => store.leaveDuty(command)),
    },
  }, 'search', async (signal) => {
    own.working = true
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    own.working = false
  })
  atEnd(t, own.stop)
  return own
}

async function until(look: () => boolean): Promise<void> {
  for (let n = 0; !look(); n++) {
    assert.ok(n < 1000, 'it did not come')
    await sleep(10)
  }
}

const working = (nodes: readonly Node[]) => nodes.filter((one) => one.working).map(({ name }) => name)

test('[J11] of processes that share the data one does the work, and the next begins when it ends', async (t) => {
  const store = openStore(t)
  const nodes = ['n_1', 'n_2', 'n_3'].map((name) => node(t, name, store))
  await until(() => working(nodes).length > 0)
  const seen = new Set<number>()
  for (let n = 0; n < 30; n++) {
    await sleep(leaseMs / 20)
    seen.add(working(nodes).length)
  }
  const [first] = nodes.filter((one) => one.working)

  await first!.stop()
  const left = performance.now()
  await until(() => working(nodes).length === 1)

  assert.ok(!seen.has(2) && !seen.has(3), [...seen].join(', '))
  assert.notEqual(working(nodes)[0], first!.name)
  t.diagnostic(`taken ${Math.round(performance.now() - left)} ms after it was left; leases of ${leaseMs} ms`)
})

test('[J11] who cannot say for a lease that it lives stops, and another takes over within that lease and a look', async (t) => {
  const store = openStore(t)
  const nodes = [node(t, 'n_1', store), node(t, 'n_2', store)]
  await until(() => working(nodes).length === 1)
  const first = nodes.find((one) => one.working)!
  const second = nodes.find((one) => one !== first)!

  first.isCutOff = true
  const cut = performance.now()
  await until(() => second.working)

  const took = performance.now() - cut
  assert.ok(took < 3 * (leaseMs + leaseMs / 3), `${Math.round(took)} ms`)
  await until(() => !first.working)
  first.isCutOff = false
  await sleep(leaseMs)
  assert.deepEqual(working(nodes), [second.name])
  assert.ok(first.errors.length > 0)
})

test('[J11] where no other process can have the data, nobody is asked', async (t) => {
  const nobody = async () => assert.fail('asked')
  const own = node(t, 'n_1', { takeDuty: nobody, leaveDuty: nobody }, null)

  assert.equal(own.working, true)
  await own.stop()
  assert.equal(own.working, false)
})

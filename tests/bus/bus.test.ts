import assert from 'node:assert/strict'
import { after, suite, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bus, BusMessage, TurnSignal } from '../../server/bus/bus.ts'
import { localBus } from '../../server/bus/local-bus.ts'
import { PostgresBus } from '../../server/bus/postgres-bus.ts'
import { systemClock } from '../../server/lib/clock.ts'
import { endPostgres, postgresMissing, sharedPostgres } from '../support/postgres.ts'
import { ada, bob } from '../support/store-samples.ts'
import { TcpFault } from '../support/tcp-fault.ts'

/** Whoever speaks on the first is heard on the second; they may be the same. */
type OpenBuses = (t: TestContext) => Promise<readonly [Bus, Bus]>

async function twoOnPostgres(t: TestContext): Promise<readonly [PostgresBus, PostgresBus]> {
  const url = await (await sharedPostgres()).makeDatabase()
  const open = async (owner: string) => {
    const bus = await PostgresBus.open({ url, owner, clock: systemClock })
    t.after(() => bus[Symbol.asyncDispose]())
    return bus
  }
  return Promise.all([open('n_1'), open('n_2')])
}

const opened = (turnId: string): BusMessage => ({ kind: 'turn-opened', actor: ada, conversationId: 'c_1', turnId })
const grew = (turnId: string): TurnSignal => ({ kind: 'turn-grew', turnId })

async function until(look: () => boolean): Promise<void> {
  const deadline = performance.now() + 5000
  while (!look() && performance.now() < deadline) await sleep(5)
}

function describeBus(name: string, openBuses: OpenBuses): void {
  test(`${name}: a message reaches its user and nobody else, until they do not listen any more`, async (t) => {
    const [speaking, listening] = await openBuses(t)
    const [heard, byBob]: [BusMessage[], BusMessage[]] = [[], []]
    const stop = listening.subscribe(ada, (message) => heard.push(message))
    listening.subscribe(bob, (message) => byBob.push(message))

    speaking.publish(opened('t_1'))
    await until(() => heard.length > 0)
    stop()
    speaking.publish(opened('t_2'))
    speaking.publish({ ...opened('t_3'), actor: bob })
    await until(() => byBob.length > 0)

    assert.deepEqual(heard, [opened('t_1')])
    assert.deepEqual(byBob, [{ ...opened('t_3'), actor: bob }])
  })

  test(`${name}: who listens to all hears messages of every user, until they do not listen any more`, async (t) => {
    const [speaking, listening] = await openBuses(t)
    const [heard, still]: [BusMessage[], BusMessage[]] = [[], []]
    const stop = listening.subscribeAll((message) => heard.push(message))
    listening.subscribeAll((message) => still.push(message))
    const messages = [opened('t_1'), { ...opened('t_2'), actor: bob }]

    for (const message of messages) speaking.publish(message)
    await until(() => heard.length >= messages.length)
    stop()
    speaking.publish(opened('t_3'))
    await until(() => still.length > messages.length)

    assert.deepEqual(heard, messages)
    assert.deepEqual(still, [...messages, opened('t_3')])
  })

  test(`${name}: signals reach all who hear, in their order, however many`, async (t) => {
    const [speaking, listening] = await openBuses(t)
    const heard: TurnSignal[] = []
    const signals = Array.from({ length: 1000 }, (_, i) => grew(`t_${i}`))
    listening.hear((signal) => heard.push(signal))

    for (const signal of signals) speaking.signal(signal)
    await until(() => heard.length >= signals.length)

    assert.deepEqual(heard, signals)
  })
}

describeBus('the bus of one process', async () => {
  const bus = localBus()
  return [bus, bus]
})

suite('the bus on Postgres', { skip: postgresMissing }, () => {
  after(endPostgres)
  describeBus('the bus on Postgres', twoOnPostgres)

  test('whoever speaks hears itself once, at once', async (t) => {
    const [speaking] = await twoOnPostgres(t)
    const heard: TurnSignal[] = []
    speaking.hear((signal) => heard.push(signal))

    speaking.signal(grew('t_1'))
    const atOnce = [...heard]
    await sleep(200)

    assert.deepEqual([atOnce, heard], [[grew('t_1')], [grew('t_1')]])
  })

  test('signals that say the same are carried once', async (t) => {
    const [speaking, listening] = await twoOnPostgres(t)
    const heard: TurnSignal[] = []
    listening.hear((signal) => heard.push(signal))

    for (let i = 0; i < 50; i++) speaking.signal(grew('t_1'))
    await until(() => heard.length > 0)
    await sleep(100)

    assert.deepEqual(heard, [grew('t_1')])
  })

  test('a connection that was cut is made again', async (t) => {
    const postgres = await sharedPostgres()
    const [speaking, listening] = await twoOnPostgres(t)
    const heard: TurnSignal[] = []
    listening.hear((signal) => heard.push(signal))

    await postgres.query('postgres', "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'parley'")
    const cut = performance.now()
    while (heard.length === 0 && performance.now() - cut < 5000) {
      speaking.signal(grew('t_1'))
      await sleep(50)
    }

    assert.ok(heard.length > 0)
    t.diagnostic(`heard again after ${Math.round(performance.now() - cut)} ms`)
  })

  test('[T33] what was said or missed while a connection was gone is a gap that both sides are told of', async (t) => {
    const postgres = await sharedPostgres()
    const url = new URL(await postgres.makeDatabase())
    const wire = await TcpFault.open(postgres.port)
    t.after(() => wire[Symbol.asyncDispose]())
    const open = async (owner: string, port: number) => {
      const bus = await PostgresBus.open({ url: Object.assign(new URL(url), { port: String(port) }).href, owner, clock: systemClock })
      t.after(() => bus[Symbol.asyncDispose]())
      return bus
    }
    const [cut, whole] = [await open('n_1', wire.port), await open('n_2', postgres.port)]
    const gaps: string[] = []
    cut.onGap(() => gaps.push('where it was cut'))
    whole.onGap(() => gaps.push('on the other side'))

    wire.goAway()
    await sleep(100)
    cut.publish(opened('t_1'))
    await sleep(100)
    wire.restore()
    await until(() => gaps.length === 2)

    assert.deepEqual(gaps.toSorted(), ['on the other side', 'where it was cut'])
  })
})

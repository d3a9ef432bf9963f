/** What can happen. Numbers choose among what there is at that moment, so that a schedule stays one when it is shrunk. */
import fc from 'fast-check'
import type { Part } from '#protocol/message.ts'
import type { CallEnd } from './scripted-provider.ts'
import type { CursorKind, Tab } from './tab.ts'
import type { World } from './world.ts'

interface StepKind<T> {
  readonly weight: number
  readonly data: fc.Arbitrary<T>
  readonly act: (world: World, data: T) => Promise<void> | void
}

const step = <T extends object>(weight: number, shape: { [K in keyof T]: fc.Arbitrary<T[K]> }, act: StepKind<T>['act']): StepKind<T> => ({
  weight, data: fc.record(shape) as unknown as fc.Arbitrary<T>, act,
})

const choice = fc.nat(7)
const kind = fc.constantFrom<Part['type']>('text', 'text', 'text', 'reasoning')
const ends = fc.constantFrom<CallEnd>('finish', 'finish', 'finish', 'cut', 'silent-cut', 'fail', 'throw')
/** Places in the provider's table of pieces. */
const texts = (least: number) => fc.array(fc.nat(16), { minLength: least, maxLength: 6, size: 'max' })
const cursors = fc.constantFrom<CursorKind>('reached', 'stale', 'start', 'future', 'other-epoch', 'no-epoch')

const stepKinds = {
  send: step(10, { tab: choice, slot: fc.nat(1), lost: fc.constantFrom('nothing', 'nothing', 'nothing', 'question', 'acknowledgement') },
    async (world, data) => {
      const tab = tabOf(world, data)
      const connection = await tab.connected()
      if (data.lost !== 'nothing') connection.wire.hold(data.lost === 'question' ? 'up' : 'down')
      tab.send(connection, data.slot, 'A question')
      if (data.lost === 'nothing') return
      await world.drain()
      connection.cut()
    }),

  sendAgain: step(3, { tab: choice, ask: choice, other: fc.boolean(), twice: fc.boolean() }, async (world, data) => {
    const tab = tabOf(world, data)
    const ask = pick(world.journal.askedBy(tab.user), data.ask)
    if (!ask) return
    const connection = await tab.connected()
    const content = data.other ? `Another question of ${tab.user}` : ask.content
    for (let times = data.twice ? 2 : 1; times > 0; times--) connection.send(ask, content)
  }),

  say: step(20, { call: choice, texts: texts(1), kind, end: fc.option(ends, { freq: 6 }) }, (world, data) =>
    pick(openCalls(world), data.call)?.say(data.texts, data.kind, data.end)),

  /** Each piece becomes a row of its own. */
  talk: step(8, { call: choice, texts: texts(2), kind }, async (world, data) => {
    const speaking = pick(openCalls(world), data.call)
    for (const text of data.texts) {
      if (speaking?.open) speaking.say([text], data.kind)
      await world.pass(10)
    }
  }),

  end: step(3, { call: choice, how: ends }, (world, data) => pick(openCalls(world), data.call)?.say([], 'text', data.how)),

  pass: step(8, { milliseconds: fc.constantFrom(10, 10, 10, 10, 10, 20, 20, 250, 1000, 4500, 6000, 21_000) }, (world, data) =>
    world.pass(data.milliseconds)),
  fire: step(4, { milliseconds: fc.constantFrom(10, 10, 10, 250, 500, 4500) }, (world, data) => world.fire(data.milliseconds)),

  stop: step(4, { tab: choice, turn: choice, twice: fc.boolean() }, async (world, data) => {
    const tab = tabOf(world, data)
    const turn = turnOf(world, tab.user, data)
    if (!turn) return
    const connection = await tab.connected()
    for (let times = data.twice ? 2 : 1; times > 0; times--) tab.stop(connection, turn)
  }),

  resume: step(5, { tab: choice, turn: choice, cursor: cursors }, async (world, data) => {
    const tab = tabOf(world, data)
    const turn = turnOf(world, tab.user, data)
    if (turn) tab.resume(await tab.connected(), turn.turnId, data.cursor)
  }),

  subscribe: step(3, { tab: choice, slot: fc.nat(1), listen: fc.boolean(), leave: fc.boolean() }, async (world, data) => {
    const tab = tabOf(world, data)
    const conversationId = world.journal.conversationOf(tab.user, data.slot)
    const connection = await tab.connected()
    if (data.listen) connection.subscribe(undefined)
    if (conversationId === undefined) return
    if (data.leave) connection.unsubscribe(conversationId)
    else connection.subscribe(conversationId)
  }),

  connect: step(3, { tab: choice, sendAgain: fc.boolean() }, async (world, data) => {
    const connection = await tabOf(world, data).connected()
    if (data.sendAgain) tabOf(world, data).sendAgain(connection)
  }),

  cut: step(3, { tab: choice }, (world, data) => tabOf(world, data).connection?.cut()),

  hold: step(2, { tab: choice, direction: fc.constantFrom('up', 'down') }, (world, data) => {
    const { connection } = tabOf(world, data)
    if (connection?.open) connection.wire.hold(data.direction)
  }),

  release: step(2, { tab: choice }, (world, data) => tabOf(world, data).connection?.wire.release()),

  /** The other user asks for what is not theirs. */
  intrude: step(1, { turn: choice, stops: fc.boolean() }, async (world, data) => {
    const turn = turnOf(world, world.users[0]!, data)
    if (turn) (await world.tabs.at(-1)!.connected()).intrude(data.stops ? 'chat.stop' : 'chat.resume', turn.turnId)
  }),

  kill: step(2, { committed: fc.nat(3), restored: fc.boolean(), during: fc.option(fc.nat(5)) }, async (world, data) => {
    await world.kill(data)
    await world.quiet()
  }),

  takeOver: step(2, { closing: fc.boolean() }, (world, data) => world.takeOver(data.closing)),
  closeTaken: step(1, {}, (world) => world.closeHeld()),
  fillDisk: step(1, { groups: fc.integer({ min: 1, max: 3 }) }, (world, data) => world.fillDisk(data.groups)),
  moveWall: step(1, { hours: fc.integer({ min: -2, max: 2 }) }, (world, data) => world.clock.moveWall(data.hours * 3_600_000)),
}

type StepName = keyof typeof stepKinds

/** What happens, its choices, and how many moves the store makes before the next step; null: until all is quiet. */
export type Step = readonly [name: StepName, data: object, moves: number | null]

export interface Schedule {
  /** For the order in which the store works. */
  readonly seed: number
  readonly steps: readonly Step[]
  /** At the end: the providers finish; else the deadlines do. */
  readonly finishes: boolean
}

const anyStep = fc.oneof(
  ...(Object.keys(stepKinds) as StepName[]).map((name) => ({
    weight: stepKinds[name].weight,
    arbitrary: fc.tuple(fc.constant(name), stepKinds[name].data as fc.Arbitrary<object>, fc.option(fc.nat(4), { freq: 2 })),
  })),
)

export const schedules: fc.Arbitrary<Schedule> = fc.record({
  seed: fc.nat(), steps: fc.array(anyStep, { minLength: 1, maxLength: 40, size: 'max' }), finishes: fc.boolean(),
})

/** Takes one step, and lets the store go on as far as the step says. */
export async function take(world: World, [name, data, moves]: Step): Promise<void> {
  world.count('steps')
  await (stepKinds[name].act as StepKind<object>['act'])(world, data)
  if (moves === null) await world.quiet()
  else await world.advance(moves)
}

const tabOf = (world: World, { tab }: { readonly tab: number }): Tab => pick(world.tabs, tab)!
const openCalls = (world: World) => world.provider.calls.filter((call) => call.open)
/** Of this user, counted from the newest. */
const turnOf = (world: World, user: string, { turn }: { readonly turn: number }) => pick(world.journal.turnsOf(user).toReversed(), turn)
const pick = <T>(all: readonly T[], which: number): T | undefined => all[which % Math.max(1, all.length)]

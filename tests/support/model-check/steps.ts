/** What can happen. Numbers choose among what there is at that moment, so that a schedule stays one when it is shrunk. */
import fc from 'fast-check'
import type { Part } from '#protocol/message.ts'
import type { KnownTurn } from './journal.ts'
import type { CallEnd } from './scripted-provider.ts'
import type { CursorKind, Tab } from './tab.ts'
import type { Direction } from './wire.ts'
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
const cursors = fc.constantFrom<CursorKind>('reached', 'stale', 'start', 'future', 'other-epoch', 'no-epoch')

const stepKinds = {
  send: step<{ tab: number; slot: number; lost: 'nothing' | 'question' | 'acknowledgement' }>(
    10, { tab: choice, slot: fc.nat(1), lost: fc.constantFrom('nothing', 'nothing', 'nothing', 'question', 'acknowledgement') },
    async (world, { tab: which, slot, lost }) => {
      const tab = tabOf(world, which)
      const connection = await tab.connected()
      if (lost !== 'nothing') connection.wire.hold(lost === 'question' ? 'up' : 'down')
      tab.send(connection, slot, 'A question')
      if (lost === 'nothing') return
      await world.drain()
      connection.cut()
    },
  ),

  sendAgain: step<{ tab: number; ask: number; other: boolean; twice: boolean }>(
    3, { tab: choice, ask: choice, other: fc.boolean(), twice: fc.boolean() },
    async (world, { tab: which, ask: whichAsk, other, twice }) => {
      const tab = tabOf(world, which)
      const ask = pick(world.journal.askedBy(tab.user), whichAsk)
      if (!ask) return
      const connection = await tab.connected()
      for (let times = twice ? 2 : 1; times > 0; times--) connection.send(ask, other ? `Another question of ${tab.user}` : ask.content)
    },
  ),

  say: step<{ call: number; texts: number[]; kind: Part['type']; end: CallEnd | null }>(
    20, { call: choice, texts: fc.array(fc.nat(16), { minLength: 1, maxLength: 5, size: 'max' }), kind, end: fc.option(ends, { freq: 6 }) },
    (world, { call, texts, kind: of, end }) => pick(openCalls(world), call)?.say(texts, of, end),
  ),

  /** Each piece becomes a row of its own. */
  talk: step<{ call: number; texts: number[]; kind: Part['type'] }>(
    8, { call: choice, texts: fc.array(fc.nat(16), { minLength: 2, maxLength: 6, size: 'max' }), kind }, async (world, { call, texts, kind: of }) => {
      const speaking = pick(openCalls(world), call)
      for (const text of texts) {
        if (speaking?.open) speaking.say([text], of)
        await world.pass(10)
      }
    },
  ),

  end: step<{ call: number; how: CallEnd }>(3, { call: choice, how: ends }, (world, { call, how }) => pick(openCalls(world), call)?.say([], 'text', how)),

  pass: step<{ milliseconds: number }>(8, { milliseconds: fc.constantFrom(10, 10, 10, 10, 10, 20, 20, 250, 1000, 4500, 6000, 21_000) }, (world, { milliseconds }) => world.pass(milliseconds)),

  fire: step<{ milliseconds: number }>(4, { milliseconds: fc.constantFrom(10, 10, 10, 250, 500, 4500) }, (world, { milliseconds }) => world.fire(milliseconds)),

  stop: step<{ tab: number; turn: number; twice: boolean }>(4, { tab: choice, turn: choice, twice: fc.boolean() }, async (world, { tab: which, turn: whichTurn, twice }) => {
    const tab = tabOf(world, which)
    const turn = newest(world.journal.turnsOf(tab.user), whichTurn)
    if (!turn) return
    const connection = await tab.connected()
    for (let times = twice ? 2 : 1; times > 0; times--) tab.stop(connection, turn)
  }),

  resume: step<{ tab: number; turn: number; cursor: CursorKind }>(5, { tab: choice, turn: choice, cursor: cursors }, async (world, { tab: which, turn: whichTurn, cursor }) => {
    const tab = tabOf(world, which)
    const turn = newest(world.journal.turnsOf(tab.user), whichTurn)
    if (turn) tab.resume(await tab.connected(), turn.turnId, cursor)
  }),

  subscribe: step<{ tab: number; slot: number; listen: boolean; leave: boolean }>(3, { tab: choice, slot: fc.nat(1), listen: fc.boolean(), leave: fc.boolean() }, async (world, { tab: which, slot, listen, leave }) => {
    const tab = tabOf(world, which)
    const conversationId = world.journal.conversationOf(tab.user, slot)
    const connection = await tab.connected()
    if (listen) connection.subscribe(undefined)
    if (conversationId === undefined) return
    if (leave) connection.unsubscribe(conversationId)
    else connection.subscribe(conversationId)
  }),

  connect: step<{ tab: number; sendAgain: boolean }>(3, { tab: choice, sendAgain: fc.boolean() }, async (world, { tab: which, sendAgain }) => {
    const connection = await tabOf(world, which).connected()
    if (sendAgain) tabOf(world, which).sendAgain(connection)
  }),

  cut: step<{ tab: number }>(3, { tab: choice }, (world, { tab }) => tabOf(world, tab).connection?.cut()),

  hold: step<{ tab: number; direction: Direction }>(2, { tab: choice, direction: fc.constantFrom('up', 'down') }, (world, { tab, direction }) => {
    const { connection } = tabOf(world, tab)
    if (connection?.open) connection.wire.hold(direction)
  }),

  release: step<{ tab: number }>(2, { tab: choice }, (world, { tab }) => tabOf(world, tab).connection?.wire.release()),

  intrude: step<{ turn: number; stops: boolean }>(1, { turn: choice, stops: fc.boolean() }, async (world, { turn: whichTurn, stops }) => {
    const tab = world.tabs.at(-1)!
    const turn = newest(world.journal.turnsOf(world.users[0]!), whichTurn)
    if (turn) (await tab.connected()).intrude(stops ? 'chat.stop' : 'chat.resume', turn.turnId)
  }),

  kill: step<{ committed: number; restored: boolean; during: number | null }>(
    2, { committed: fc.nat(3), restored: fc.boolean(), during: fc.option(fc.nat(5)) }, async (world, death) => {
      await world.kill(death)
      await world.quiet()
    },
  ),

  takeOver: step<{ closing: boolean }>(2, { closing: fc.boolean() }, (world, { closing }) => world.takeOver(closing)),
  closeTaken: step<object>(1, {}, (world) => world.closeHeld()),
  fillDisk: step<{ groups: number }>(1, { groups: fc.integer({ min: 1, max: 3 }) }, (world, { groups }) => world.fillDisk(groups)),
  moveWall: step<{ hours: number }>(1, { hours: fc.integer({ min: -2, max: 2 }) }, (world, { hours }) => world.clock.moveWall(hours * 3_600_000)),
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

const tabOf = (world: World, which: number): Tab => pick(world.tabs, which)!
const openCalls = (world: World) => world.provider.calls.filter((call) => call.open)
const newest = (turns: readonly KnownTurn[], which: number) => pick(turns.toReversed(), which)
const pick = <T>(all: readonly T[], which: number): T | undefined => all[which % Math.max(1, all.length)]

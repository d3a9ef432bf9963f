import type { Ground } from './ground.ts'
import { checkStored, checkView } from './invariants.ts'
import { settings, type Overrides } from './life.ts'
import { take, type Schedule } from './steps.ts'
import { Tab } from './tab.ts'
import { World } from './world.ts'

/** Plays one schedule to its end over a world of its own. Resolves with the first thing that was wrong; null when nothing was. */
export async function runSchedule(ground: Ground, schedule: Schedule, overrides: Overrides = {}): Promise<string | null> {
  const world = new World(ground, schedule.seed, overrides)
  world.count('schedules')
  try {
    await world.quiet()
    for (const step of schedule.steps) {
      if (world.violations.length > 0) break
      await take(world, step)
    }
    if (world.violations.length === 0) await comeToRest(world, schedule.finishes)
    if (world.violations.length === 0) await readAgain(world)
    if (world.violations.length === 0) await checkStored(world)
  } finally {
    await leaveNothing(world)
  }
  return world.violations[0] ?? null
}

/** No more faults: what is under way ends, by its provider or by its deadline, and who followed is told. */
async function comeToRest(world: World, finishes: boolean): Promise<void> {
  for (const tab of world.tabs) tab.connection?.wire.release()
  world.life.calls.failNext(0)
  await world.quiet()
  if (!world.life.recovered) await world.kill({ committed: 0, restored: false, during: null })
  await world.closeHeld()
  if (finishes) for (const call of world.provider.calls) if (call.open) call.say([0], 'text', 'finish')
  await world.pass(1000)
  // An owner that was taken over may still be waiting for its provider: it learns of it at the latest from its deadlines.
  if (world.record.running.size + world.life.turns.liveTurns.size > 0) await world.pass(settings.turnMs + 1000)
  for (const turnId of world.record.running.keys()) world.violations.push(`[I2] ${turnId} is never closed`)
  tellsTheEnd(world)
}

/** Whoever follows a turn is told its end without asking again, unless another owner wrote it. */
function tellsTheEnd(world: World): void {
  if (world.life.turns.liveTurns.size > 0) world.violations.push('[I2] a turn is still worked on')
  for (const tab of world.tabs) {
    if (!tab.connection?.open) continue
    for (const turnId of tab.connection.followed) {
      const isTold = tab.viewOf(turnId).closed || world.record.claimed.has(turnId)
      if (!isTold) tab.complain(`[I3] ${turnId} ended and its follower was not told`)
    }
  }
}

/** Every tab goes on where it was, and a new device of each user reads all from the beginning. */
async function readAgain(world: World): Promise<void> {
  const devices = world.users.map((user) => new Tab(world, `a new device of ${user}`, user))
  for (const tab of [...world.tabs, ...devices]) {
    const connection = await tab.connected()
    for (const { turnId } of world.journal.turnsOf(tab.user)) tab.resume(connection, turnId, 'reached')
  }
  await world.quiet()
  for (const tab of [...world.tabs, ...devices]) {
    for (const owed of tab.connection!.owed) tab.complain(`[I1] ${owed}`)
    tab.connection!.cut()
    for (const [turnId, view] of tab.views) await checkView(world, tab, turnId, view)
  }
}

/** The next schedule shares the store: no turn of this one stays open. */
async function leaveNothing(world: World): Promise<void> {
  for (const tab of world.tabs) tab.connection?.cut()
  await world.life.die(0)
  await world.takeOver(true)
}

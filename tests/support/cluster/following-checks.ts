import { setTimeout as sleep } from 'node:timers/promises'
import type { Scene } from './bench.ts'
import type { Device } from './device.ts'
import { late, spread, within, type FaultCheck } from './fault-check.ts'

/** Every device has its turns' ends, or that is a violation. */
async function quiet(scene: Scene): Promise<readonly string[]> {
  const waits = scene.devices.map((device) => within(scene.bench.patienceMs, device.quiet().then(() => true, () => null)))
  const done = await Promise.all(waits)
  return done.flatMap((isQuiet, i) => (isQuiet ? [] : [`I3: ${scene.devices[i]!.name} never saw the end`]))
}

/** A reader is cut at every 10th row; others come from the beginning, from the future, and from another life. */
export const reconnectExactlyOnce: FaultCheck = {
  name: '[R16] a reader who is cut at every 10th row gets each token once, wherever its cursor is',
  rounds: { sample: 1, full: 8 },
  caught: { 'cursor-off-by-one': /^I3/ },
  async run(bench, rounds, note) {
    const found: string[] = []
    const backMs: number[] = []
    let cuts = 0
    for (let round = 0; round < rounds && found.length === 0; round++) {
      using scene = bench.scene()
      const reader = await scene.device('ada', 'reader')
      let cutAt = 0
      reader.onEvent = ({ type, payload: { seq } }) => {
        if (cutAt > 0) backMs.push(performance.now() - cutAt)
        cutAt = 0
        if (type !== 'chat.delta' || seq % 10 !== 0) return
        cuts += 1
        cutAt = performance.now()
        reader.cut()
      }
      const { id, body } = scene.question(reader, scene.model(reader, 't400-g3'))
      const { turn_id: turnId, epoch } = await reader.ask(id, body)
      await reader.reached(turnId, 25)
      const fromStart = await scene.device('ada', 'from the start')
      const fromFuture = await scene.device('ada', 'from the future')
      const fromElsewhere = await scene.device('ada', 'from another life')
      fromStart.follow(turnId, { epoch, after: 0 })
      fromFuture.follow(turnId, { epoch, after: 100_000 })
      fromElsewhere.follow(turnId, { epoch: 'another', after: 20 })
      found.push(...await quiet(scene), ...await scene.violations(), ...wholeFor(scene, [fromFuture, fromElsewhere]))
    }
    if (cuts < 5 * rounds) found.push(`only ${cuts} cuts in ${rounds} rounds`)
    note(`${cuts} cuts in ${rounds} turns, the next row ${spread(backMs, 'ms')} later`)
    return found
  },
}

/** A cursor that is of no use must be answered with the whole message. */
function wholeFor(scene: Scene, devices: readonly Device[]): readonly string[] {
  const told = new Set(scene.history.of('whole').map(({ device }) => device))
  return devices.filter(({ name }) => !told.has(name)).map(({ name }) => `${name} was not told that its cursor was of no use`)
}

const tenMinutesMs = 600_000

/** Resumes at once, ten minutes later, and in the next lives; from the beginning and from the middle. */
export const resumeAfterFinish: FaultCheck = {
  name: '[R17] a turn can be taken up after its end: at once, ten minutes later, after a crash and after a restart',
  caught: { 'log-ends-with-turn': /^I3/ },
  async run(bench, _rounds, note) {
    using scene = bench.scene()
    const first = await scene.device('ada', 'the first')
    const { id, body } = scene.question(first, scene.model(first, 't120-g4'))
    const { turn_id: turnId, epoch } = await first.ask(id, body)
    await first.ended(turnId)
    const found: string[] = []
    const moments: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['at once', async () => {}],
      ['ten minutes later', () => bench.server.advanceClock(tenMinutesMs).then(() => sleep(200))],
      ['after a crash', () => bench.server.kill().then(() => bench.server.start())],
      ['after a restart', () => bench.server.signal('SIGTERM').then(() => bench.server.start())],
    ]
    for (const [when, pass] of moments) {
      await pass()
      const [whole, half] = [await scene.device('ada', `${when}, from 0`), await scene.device('ada', `${when}, from the middle`)]
      whole.follow(turnId)
      half.follow(turnId, { epoch, after: Math.floor(first.position(turnId) / 2) })
      found.push(...await quiet(scene), ...await scene.violations())
      const ends = scene.history.of('event').filter(({ event }) => event.type !== 'chat.delta')
      const told = ends.filter(({ device }) => device.startsWith(`${when},`)).length
      if (told !== 2) found.push(`I3: ${told} of 2 were told the end ${when}`)
      if (found.length > 0) return found
    }
    note(`${first.position(turnId)} rows, ${moments.map(([when]) => when).join(', ')}`)
    return found
  },
}

const stopMs = 500

/** Five devices on one turn, each cut at random; one of them stops it. */
export const manyDevices: FaultCheck = {
  name: '[R18] five devices on one turn see the same through random cuts, and a stop on one is a stop on all',
  rounds: { sample: 1, full: 8 },
  caught: { 'cursor-off-by-one': /^I3/ },
  async run(bench, rounds, note) {
    const found: string[] = []
    const stops: number[] = []
    for (let round = 0; round < rounds && found.length === 0; round++) {
      using scene = bench.scene()
      const devices = await Promise.all([1, 2, 3, 4, 5].map((n) => scene.device('ada', `device ${n}`)))
      const [first, ...others] = devices as [Device, ...Device[]]
      const { id, body } = scene.question(first, scene.model(first, 't5000-g4'))
      const { turn_id: turnId } = await first.ask(id, body)
      for (const device of others) device.follow(turnId)
      for (let cut = 0; cut < 15; cut++) {
        await sleep(bench.random() * 60)
        devices[Math.floor(bench.random() * devices.length)]!.cut()
      }
      await Promise.all(devices.map((device) => device.connect()))
      const asked = performance.now()
      others[2]!.stop(turnId)
      found.push(...await quiet(scene))
      stops.push(performance.now() - asked)
      found.push(...late('the stop on all devices', stops.at(-1)!, stopMs), ...await scene.violations())
    }
    note(`stopped everywhere after ${spread(stops, 'ms')}`)
    return found
  },
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Scene } from './bench.ts'
import type { Device } from './device.ts'
import { late, spread, within, type FaultCheck } from './fault-check.ts'
import { WaitedInVain } from './waited-in-vain.ts'

/** Fewer where a machine cannot do as many: FAULT_TURNS_PER_SECOND. */
const turnsPerSecond = Number(process.env['FAULT_TURNS_PER_SECOND'] ?? 30)
const people = 10
/** Between the end of one node's restart and the next one's. */
const calmMs = 2000
const resumeMs = 2000
/** What a client takes for "later", and for how long it tries again under the same id. */
const laterCodes = new Set(['draining', 'overloaded', 'store_unavailable'])
const retryMs = 100
const triesMs = 30_000

/** Two nodes are ended and started again, one after the other, while questions keep coming. Whoever asks notices nothing. */
export const rollingRestart: FaultCheck = {
  name: `[R36] two nodes are restarted one after the other under ${turnsPerSecond} turns a second, and no question fails`,
  rounds: { sample: 3, full: 3 },
  caught: { 'drain-cuts': /is interrupted/ },
  async run(bench, rounds, note) {
    using scene = bench.scene()
    const devices = await Promise.all(Array.from({ length: people * 2 }, (_, i) => scene.roamingDevice(`user${'abcdefghij'[i % people]}`, `tab ${i}`)))
    const failed: string[] = []
    const asking: Promise<unknown>[] = []
    let isOver = false
    const sending = (async () => {
      const began = performance.now()
      for (let n = 0; !isOver; n++) {
        await sleep(Math.max(0, began + (n * 1000) / turnsPerSecond - performance.now()))
        asking.push(askUntilTaken(scene, devices[n % devices.length]!).then((reason) => void (reason !== null && failed.push(reason))))
      }
    })()
    for (let round = 0; round < rounds; round++) {
      for (const server of bench.servers) {
        await sleep(calmMs)
        await server.signal('SIGTERM')
        await server.start()
      }
    }
    await sleep(calmMs)
    isOver = true
    await sending
    await Promise.all(asking)
    const quiet = await within(3 * bench.patienceMs, Promise.all(devices.map((device) => device.quiet())).then(() => true, () => null))
    const back = devices.flatMap(({ backMs }) => backMs).toSorted((a, b) => a - b)
    const p99 = back[Math.floor(back.length * 0.99)] ?? 0
    note(`${asking.length} turns, ${rounds * bench.servers.length} restarts; back ${spread(back, 'ms')}, p99 ${Math.round(p99)} ms`)
    return [
      ...failed.slice(0, 5), ...(quiet ? [] : ['a device still waits for the end of a turn']), ...late('to be back after a restart', p99, resumeMs),
      ...await interrupted(scene), ...await scene.violations(),
    ]
  },
}

/** Asks, and again under the same id while it is told to come later. Null: it was taken; else why not. */
async function askUntilTaken(scene: Scene, device: Device): Promise<string | null> {
  const { id, body } = scene.question(device, scene.model(device, 't20-g20'))
  const deadline = performance.now() + triesMs
  for (;;) {
    const refused = await device.ask(id, body).then(() => null, (error: Error) => error)
    if (refused === null) return null
    const mayTryAgain = !(refused instanceof WaitedInVain) && laterCodes.has(refused.message) && performance.now() < deadline
    if (!mayTryAgain) return `a question failed: ${refused.message}`
    await sleep(retryMs)
  }
}

async function interrupted(scene: Scene): Promise<readonly string[]> {
  const states = [...(await scene.read()).turns.values()].map(({ turn }) => (turn.failure ? `${turn.state} (${turn.failure.code})` : turn.state))
  return Object.entries(Object.groupBy(states, (state) => state)).flatMap(([state, all]) => (state === 'completed' ? [] : [`${all!.length} turns: each is ${state}`]))
}

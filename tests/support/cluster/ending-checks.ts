import { setTimeout as sleep } from 'node:timers/promises'
import type { SimulatedCall } from '../provider-simulator.ts'
import type { Bench, Scene } from './bench.ts'
import { tokensOf } from './bench.ts'
import type { Device } from './device.ts'
import { isFullRun, late, spread, within, type FaultCheck } from './fault-check.ts'

const stopMs = 1000

interface Stopped {
  readonly turnId: string
  readonly call: SimulatedCall
}

/** When a stop can come, each resolving once it was asked. */
const stops: Readonly<Record<string, (scene: Scene, device: Device) => Promise<Stopped>>> = {
  async 'before the first delta'(scene, device) {
    const stopped = await asked(scene, device, 't20-f20000')
    device.stop(stopped.turnId)
    return stopped
  },
  async 'before the provider answers'(scene, device) {
    const stopped = await asked(scene, device, 't20-h20000')
    device.stop(stopped.turnId)
    return stopped
  },
  async 'in the middle'(scene, device) {
    const stopped = await asked(scene, device, 't5000-g5')
    await device.reached(stopped.turnId, 5)
    device.stop(stopped.turnId)
    return stopped
  },
  async 'at the last delta'(scene, device) {
    const whole = tokensOf(device, 12).join('').length
    let text = 0
    device.onEvent = (event) => {
      if (event.type !== 'chat.delta') return
      text += event.payload.delta.length
      if (text === whole) device.stop(event.payload.turn_id)
    }
    const stopped = await asked(scene, device, 't12-g4')
    await device.ended(stopped.turnId)
    device.onEvent = () => {}
    return stopped
  },
  async 'twice, from two devices, and once more after the end'(scene, device) {
    const other = await scene.device('ada')
    const stopped = await asked(scene, device, 't5000-g5')
    await device.reached(stopped.turnId, 3)
    for (const each of [device, other, device, other]) each.stop(stopped.turnId)
    await within(scene.bench.patienceMs, device.ended(stopped.turnId).catch(() => null))
    other.stop(stopped.turnId)
    await scene.call(other, 'POST', `/api/v1/chat/turns/${stopped.turnId}/stop`)
    return stopped
  },
}

async function asked(scene: Scene, device: Device, options: string): Promise<Stopped> {
  const question = scene.question(device, scene.model(device, options))
  const { turn_id: turnId } = await device.ask(question.id, question.body)
  return { turnId, call: await scene.callFor(question) }
}

export const stopRaces: FaultCheck = {
  name: '[R21] a stop closes a turn once, whenever it comes, and closes the socket to the provider',
  rounds: { sample: 1, full: 10 },
  caught: { 'stop-only-detaches': /still open/ },
  async run(bench, rounds, note) {
    const found: string[] = []
    const closed: number[] = []
    for (let round = 0; round < rounds && found.length === 0; round++) {
      using scene = bench.scene()
      for (const [when, stop] of Object.entries(stops)) {
        if (found.length > 0) break
        const device = await scene.device('ada')
        const { turnId, call } = await stop(scene, device)
        const began = performance.now()
        if ((await within(bench.patienceMs, device.ended(turnId).catch(() => null))) === null) found.push(`stopped ${when}: it never ended`)
        if ((await within(3 * stopMs, call.closed.then(() => true))) === null) {
          found.push(`stopped ${when}: the socket to the provider is still open`)
        }
        closed.push(performance.now() - began)
      }
      found.push(...await scene.violations(), ...await outcomes(scene))
    }
    note(`${closed.length} stops, turn and provider closed after ${spread(closed, 'ms')}`)
    return found
  },
}

/** Stopped, except where the stop came when all was said. */
async function outcomes(scene: Scene): Promise<readonly string[]> {
  const { turns } = await scene.read()
  return [...turns.values()].flatMap(({ turn }) => {
    const allowed = turn.requested_model!.includes('t12-') ? ['stopped', 'completed'] : ['stopped']
    return allowed.includes(turn.state) ? [] : [`${turn.requested_model} was stopped and is ${turn.state}`]
  })
}

/** A socket is closed in the middle of a turn, and a request that waits for its answer is dropped: both turns go on. */
export const disconnectIsNotStop: FaultCheck = {
  name: '[R22] whoever goes away ends nothing: the turn goes on to its last token',
  caught: { 'disconnect-stops': /is stopped/ },
  async run(bench, _rounds, note) {
    using scene = bench.scene()
    const device = await scene.device('ada')
    const { id, body } = scene.question(device, scene.model(device, 't80-g5'))
    const { turn_id: turnId } = await device.ask(id, body)
    const conversation = (await scene.call(device, 'POST', '/api/v1/chat/conversations', {})).body.id as string
    const waiting = scene.question(device, scene.model(device, 't80-g5'))
    const dropped = new AbortController()
    const path = `/api/v1/chat/conversations/${conversation}/messages`
    const rest = scene.call(device, 'POST', path, { ...waiting.body, client_message_id: waiting.id }, dropped.signal).catch(() => null)
    await device.reached(turnId, 5)
    await scene.callFor(waiting)
    await sleep(50)
    dropped.abort()
    device.leave()
    await rest
    await Promise.all(scene.calls.map((call) => within(bench.patienceMs, call.closed)))
    const notCompleted = (await closedTurns(scene)).filter(({ state }) => state !== 'completed')
    const found = notCompleted.map(({ requested_model, state }) => `${requested_model} is ${state}`)
    note('one socket closed, one request dropped')
    return [...found, ...await scene.violations()]
  },
}

async function closedTurns(scene: Scene): Promise<readonly { readonly state: string; readonly requested_model: string | null }[]> {
  const deadline = performance.now() + scene.bench.patienceMs
  for (;;) {
    const turns = [...(await scene.read()).turns.values()].map(({ turn }) => turn)
    if (turns.every(({ state }) => state !== 'running') || performance.now() > deadline) return turns
    await sleep(20)
  }
}

/** The grace for running turns, here. */
export const drainSeconds = isFullRun ? 5 : 2
const notReadyMs = 100
/** How long after the grace the process may still take to close. */
const closingMs = 5000
const runningTurns = isFullRun ? 50 : 20

export const gracefulStop: FaultCheck = {
  name: '[R35] SIGTERM with many running turns: not ready at once, nothing new, what can finish does, the rest is interrupted, exit 0',
  caught: { 'drain-cuts': /was cut/, 'drain-takes-turns': /was taken|late: readiness/ },
  async run(bench, _rounds, note) {
    using scene = bench.scene()
    const devices = await Promise.all(Array.from({ length: runningTurns / 2 }, (_, i) => scene.device('ada', `tab ${i}`)))
    const turns = await Promise.all(devices.flatMap((device) => ['t60-g20', 't20000-g20'].map(async (options) => {
      const { id, body } = scene.question(device, scene.model(device, options))
      const { turn_id } = await device.ask(id, body)
      await device.reached(turn_id, 1)
      return turn_id
    })))

    const began = performance.now()
    const exited = bench.server.signal('SIGTERM')
    const [first, second] = devices as [Device, Device]
    const [readiness, overSocket, overRest] = await Promise.all([notReady(bench, began), refusal(scene, first), restRefusal(scene, second)])
    const exit = await within((drainSeconds * 1000) + closingMs * 3, exited)
    const took = performance.now() - began
    const found = [...late('readiness going off', readiness, notReadyMs)]
    if (overSocket !== 'draining') found.push(`a new turn was ${overSocket} on a socket`)
    if (overRest !== 503) found.push(`a new turn was answered ${overRest} over REST`)
    if (exit?.code !== 0) found.push(`the process ended with ${JSON.stringify(exit)}`)
    if (took > drainSeconds * 1000 + closingMs) found.push(`the process took ${took} ms`)
    found.push(...devices.filter(({ moved }) => !moved).map(({ name }) => `${name} was not told to move`))
    await bench.server.kill()
    await bench.server.start()
    const quiet = await within(bench.patienceMs, Promise.all(devices.map((device) => device.quiet())).catch(() => null))
    if (!quiet) found.push('a device still waits for the end of a turn')
    const [offMs, tookMs] = [readiness, took].map(Math.round)
    note(`${turns.length} turns, not ready after ${offMs} ms, exit ${exit?.code} after ${tookMs} ms of ${drainSeconds} s`)
    return [...found, ...await drained(scene), ...await scene.violations()].slice(0, 10)
  },
}

async function notReady(bench: Bench, began: number): Promise<number> {
  while (performance.now() - began < bench.patienceMs) {
    const status = await fetch(`${bench.server.url}/readyz`).then((response) => response.status, () => 0)
    if (status !== 200) break
    await sleep(2)
  }
  return performance.now() - began
}

async function refusal(scene: Scene, device: Device): Promise<string> {
  const { id, body } = scene.question(device, scene.model(device, 't3'))
  await device.until(() => device.moved || undefined, 'word that the server moves', scene.bench.patienceMs).catch(() => null)
  return device.ask(id, body).then(() => 'taken', (error: Error) => error.message)
}

async function restRefusal(scene: Scene, device: Device): Promise<number> {
  await device.until(() => device.moved || undefined, 'word that the server moves', scene.bench.patienceMs).catch(() => null)
  const listed = await scene.call(device, 'GET', '/api/v1/chat/conversations?per_page=1')
  const { id, body } = scene.question(device, scene.model(device, 't3'))
  const path = `/api/v1/chat/conversations/${listed.body.data[0].id}/messages`
  return (await scene.call(device, 'POST', path, { ...body, client_message_id: id, stream: true })).status
}

async function drained(scene: Scene): Promise<readonly string[]> {
  const { turns } = await scene.read()
  return [...turns.values()].flatMap(({ turn }) => {
    if (turn.requested_model?.includes('t60-g20-')) {
      return turn.state === 'completed' ? [] : [`an answer that could finish was cut: ${turn.state} ${turn.failure?.code}`]
    }
    if (turn.requested_model?.includes('t20000-')) {
      return turn.failure?.code === 'server_stopped' ? [] : [`an answer without end is ${turn.state} ${turn.failure?.code}`]
    }
    return [`a new turn was taken while it drained: ${turn.state}`]
  })
}

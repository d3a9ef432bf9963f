/** What must hold where two processes share a database: each is `server`, and whoever else there is, on the other. */
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { sharedPostgres } from '../postgres.ts'
import type { Scene } from './bench.ts'
import type { Device } from './device.ts'
import { isFullRun, late, spread, within, type FaultCheck } from './fault-check.ts'
import { WaitedInVain } from './waited-in-vain.ts'

/** The lease that these checks' servers are given. */
export const leaseMs = 1500
/** After a lease ran out, a turn is found by the next look, which comes three times in a lease. */
const foundMs = leaseMs + leaseMs / 3
/** Word of a row comes at once or, when it got lost, by the next look. */
const lookMs = 1000

/** A device on each server. */
function twoDevices(scene: Scene, user = 'ada'): Promise<readonly [Device, Device]> {
  const [one, other] = scene.bench.servers
  return Promise.all([scene.device(user, 'on the one', 'own', one), scene.device(user, 'on the other', 'own', other)])
}

/** Every device has its turns' ends, or that is a violation; then the invariants. */
async function settled(scene: Scene): Promise<readonly string[]> {
  const waits = scene.devices.map((device) => within(scene.bench.patienceMs, device.quiet().then(() => true, () => null)))
  const done = await Promise.all(waits)
  const waiting = done.flatMap((isQuiet, i) => (isQuiet ? [] : [`I3: ${scene.devices[i]!.name} never saw the end`]))
  return [...waiting, ...await scene.violations()]
}

async function stateOf(scene: Scene, turnId: string): Promise<string> {
  const { turns } = await scene.read()
  const turn = turns.get(turnId)?.turn
  return turn ? [turn.state, ...(turn.failure ? [turn.failure.code] : [])].join(' ') : 'not there'
}

/** One asks and both follow; the reader on the other server is cut again and again, and comes back to either server. */
export const followAcross: FaultCheck = {
  name: '[R16] [R17] a turn is followed, taken up and read to its end on the other node, each token once',
  rounds: { sample: 1, full: 5 },
  caught: { 'log-ends-with-turn': /^I3/ },
  async run(bench, rounds, note) {
    const found: string[] = []
    const behind: number[] = []
    for (let round = 0; round < rounds && found.length === 0; round++) {
      using scene = bench.scene()
      const [asking, reading] = await twoDevices(scene)
      const shownAt = new Map<number, number>()
      asking.onEvent = ({ payload: { seq } }) => void shownAt.set(seq, performance.now())
      let cuts = 0
      reading.onEvent = ({ type, payload: { seq } }) => {
        const at = shownAt.get(seq)
        if (at !== undefined) behind.push(performance.now() - at)
        if (type !== 'chat.delta' || seq < 20 || seq % 30 !== 0) return
        cuts += 1
        reading.cut()
      }
      const { id, body } = scene.question(asking, scene.model(asking, 't150-g10'))
      const { turn_id: turnId, epoch } = await asking.ask(id, body)
      reading.follow(turnId)
      await reading.reached(turnId, 10)
      const fromMiddle = await scene.device('ada', 'from the middle', 'own', bench.servers[1])
      fromMiddle.follow(turnId, { epoch, after: 5 })
      found.push(...await settled(scene))
      const late = await scene.device('ada', 'after the end', 'own', bench.servers[1])
      late.follow(turnId)
      found.push(...await settled(scene))
      if (cuts < 2) found.push(`only ${cuts} cuts`)
    }
    note(`a row is seen on the other node ${spread(behind, 'ms')} after its own`)
    return found
  },
}

/** A stop that is asked of the node that does not run the turn: before the first delta, in its middle, twice, and after the end. */
export const stopAcross: FaultCheck = {
  name: '[R21] a stop on another node ends the turn once and closes the socket to the provider',
  rounds: { sample: 1, full: 5 },
  caught: { 'stops-not-heeded': /still open/ },
  async run(bench, rounds, note) {
    const found: string[] = []
    const stopped: number[] = []
    for (let round = 0; round < rounds && found.length === 0; round++) {
      using scene = bench.scene()
      const [asking, stopping] = await twoDevices(scene)
      for (const [options, rows] of [['t20-f20000', 0], ['t5000-g5', 5]] as const) {
        const { id, body } = scene.question(asking, scene.model(asking, options))
        const { turn_id: turnId } = await asking.ask(id, body)
        stopping.follow(turnId)
        await stopping.reached(turnId, rows)
        const call = await scene.callFor({ id, body })
        const asked = performance.now()
        stopping.stop(turnId)
        if (rows > 0) stopping.stop(turnId)
        if (!(await within(3 * lookMs, call.closed.then(() => true)))) found.push('the socket to the provider is still open')
        stopped.push(performance.now() - asked)
        if (found.length > 0) break
        await within(bench.patienceMs, stopping.ended(turnId).catch(() => null))
        stopping.stop(turnId)
        if (await stateOf(scene, turnId) !== 'stopped') found.push(`it is ${await stateOf(scene, turnId)}`)
      }
      if (found.length === 0) found.push(...await settled(scene))
    }
    note(`the provider was let go after ${spread(stopped, 'ms')}`)
    return found
  },
}

const sends = 50

/** One message, 50 times at once, over sockets and REST of both nodes. */
export const sendToBoth: FaultCheck = {
  name: '[R19] one message sent 50 times to two nodes makes one turn',
  rounds: { sample: 1, full: 5 },
  caught: { 'repeated-id-opens-again': /replies|calls|I[14]/ },
  async run(bench, rounds, note) {
    const found: string[] = []
    for (let round = 0; round < rounds && found.length === 0; round++) {
      using scene = bench.scene()
      const devices = await Promise.all(Array.from({ length: sends / 2 }, (_, i) => scene.device('ada', `tab ${i}`, 'own', bench.servers[i % 2])))
      const [first] = devices as [Device]
      const conversation_id = (await scene.call(first, 'POST', '/api/v1/chat/conversations', { title: 'Once' })).body.id as string
      const { id, body } = scene.question(first, scene.model(first, 't20-g5'))
      const replies = await Promise.all(devices.flatMap((device, i) => [
        device.ask(id, { ...body, conversation_id }).then(({ turn_id, message_id }) => `${turn_id} ${message_id}`, (error: Error) => error.message),
        scene.call(device, 'POST', `/api/v1/chat/conversations/${conversation_id}/messages`, { ...body, client_message_id: id, stream: i % 3 > 0 }, undefined, bench.servers[(i + 1) % 2])
          .then(({ status, body: { turn } }) => (status < 300 ? `${turn.id} ${turn.message_id}` : `${status}`)),
      ]))
      if (!replies.every((reply) => isDeepStrictEqual(reply, replies[0]))) found.push(`the replies differ: ${[...new Set(replies)].join(', ')}`)
      if (scene.calls.length !== 1) found.push(`${scene.calls.length} calls of the provider`)
      found.push(...await settled(scene))
    }
    note(`${sends} equal replies, 1 call`)
    return found
  },
}

/** The node that runs the turns dies; the other closes them, and tells who follows there. */
export const ownerDies: FaultCheck = {
  name: '[R29] the turns of a node that died are closed by the other, and whoever follows there is told',
  caught: { 'recovery-forgets': /^I2.*left running|never saw the end/ },
  async run(bench, _rounds, note) {
    using scene = bench.scene()
    const [asking, watching] = await twoDevices(scene)
    const turns = await Promise.all(Array.from({ length: 4 }, async () => {
      const { id, body } = scene.question(asking, scene.model(asking, 't2000-g10'))
      const { turn_id: turnId } = await asking.ask(id, body)
      watching.follow(turnId)
      await watching.reached(turnId, 5)
      return turnId
    }))
    await bench.server.kill()
    const died = performance.now()
    await within(bench.patienceMs, Promise.all(turns.map((turnId) => watching.ended(turnId))).catch(() => null))
    const told = performance.now() - died
    await bench.server.start()
    const found = [...late('the end of a dead node\'s turns', told, foundMs + lookMs), ...await settled(scene)]
    for (const turnId of turns) {
      const state = await stateOf(scene, turnId)
      if (state !== 'interrupted server_crashed') found.push(`a dead node's turn is ${state}`)
    }
    note(`told after ${Math.round(told)} ms of a lease of ${leaseMs} ms`)
    return found
  },
}

/** The node that runs a turn stands still for longer than its lease, and goes on as if nothing had been. */
export const zombieOwner: FaultCheck = {
  name: '[R30] a node that stood still writes and shows nothing of a turn that was taken over, and lets its provider go',
  rounds: { sample: 1, full: 3 },
  caught: { 'fence-ignored': /^I3|still open/ },
  async run(bench, rounds, note) {
    const found: string[] = []
    const dropped: number[] = []
    for (let round = 0; round < rounds && found.length === 0; round++) {
      using scene = bench.scene()
      const [asking, watching] = await twoDevices(scene)
      const { id, body } = scene.question(asking, scene.model(asking, 't4000-g5'))
      const { turn_id: turnId } = await asking.ask(id, body)
      watching.follow(turnId)
      await watching.reached(turnId, 10)
      const call = await scene.callFor({ id, body })
      bench.server.freeze()
      await within(bench.patienceMs + foundMs, watching.ended(turnId).catch(() => null))
      bench.server.wake()
      const awake = performance.now()
      if (!(await within(3 * lookMs, call.closed.then(() => true)))) found.push('the socket to the provider is still open')
      dropped.push(performance.now() - awake)
      if (found.length > 0) break
      await sleep(300)
      found.push(...await settled(scene))
      const state = await stateOf(scene, turnId)
      if (state !== 'interrupted server_crashed') found.push(`the turn is ${state}`)
    }
    note(`the provider was let go ${spread(dropped, 'ms')} after waking`)
    return found
  },
}

/** The node that keeps up the search dies. Of the two, one after the other, each was that one. */
export const searchTakenOver: FaultCheck = {
  name: '[SE7] [J11] when the node dies that brings messages into the search, the other does',
  caught: { 'duty-never-taken-over': /is not found/ },
  plantsInSample: false,
  async run(bench, _rounds, note) {
    using scene = bench.scene()
    const found: string[] = []
    const [takenOver, later]: [number[], number[]] = [[], []]
    for (const [n, dying] of bench.servers.entries()) {
      const asking = await scene.device('ada', `beside ${n}`, 'own', bench.servers[1 - n])
      await dying.kill()
      for (const [times, promisedMs] of [[takenOver, foundMs + searchableMs], [later, searchableMs]] as const) {
        const took = await untilSearchable(scene, asking, bench.servers[1 - n]!)
        times.push(took)
        found.push(...(took === Infinity ? ['a message is not found'] : late('a message in the search', took, promisedMs)))
      }
      await asking.quiet()
      asking.leave()
      await dying.start()
      if (found.length > 0) break
    }
    note(`found after ${spread(takenOver, 'ms')}, and then after ${spread(later, 'ms')}; leases of ${leaseMs} ms`)
    return [...found, ...await settled(scene)]
  },
}

/** A message is found by the search so long after its commit. */
const searchableMs = 1000

/** Says something and searches for it. Milliseconds until it is found; Infinity when it is not in three times what is promised. */
async function untilSearchable(scene: Scene, device: Device, server: Scene['bench']['server']): Promise<number> {
  const { id, body } = scene.question(device, scene.model(device, 't3'))
  const word = `heliotrope${id.replaceAll(/[^a-z0-9]/g, '')}`
  await device.ask(id, { ...body, content: `${body.content} ${word}` })
  const began = performance.now()
  while (performance.now() - began < 3 * (foundMs + searchableMs)) {
    const { status, body: found } = await scene.call(device, 'GET', `/api/v1/chat/conversations?search=${word}`, undefined, undefined, server)
    if (status === 200 && found.data.some(({ hit }: { hit: { snippet: string } }) => hit.snippet.includes(word))) return performance.now() - began
    await sleep(20)
  }
  return Infinity
}

const fiveMinutesMs = 300_000
const anHourMs = 3_600_000

/** The nodes' clocks are ten minutes apart, and one jumps back by an hour while turns run. */
export const skewedClocks: FaultCheck = {
  name: '[R31] nodes whose clocks are wrong keep their turns, and time orders nothing',
  caught: { 'leases-by-own-clock': /is (?:interrupted|failed)/ },
  async run(bench, _rounds, note) {
    using scene = bench.scene()
    const [behind, ahead] = bench.servers as [typeof bench.server, typeof bench.server]
    await Promise.all([behind.skewClock(-fiveMinutesMs), ahead.skewClock(fiveMinutesMs)])
    const devices = await twoDevices(scene)
    const asked = await Promise.all(devices.map(async (device, i) => {
      const { id, body } = scene.question(device, scene.model(device, 't120-g10'))
      const { turn_id: turnId } = await device.ask(id, body)
      devices[1 - i]!.follow(turnId)
      await device.reached(turnId, 10)
      return turnId
    }))
    await behind.skewClock(-fiveMinutesMs - anHourMs)
    const found = [...await settled(scene)]
    const { turns } = await scene.read()
    for (const turnId of asked) {
      const { turn, receipt } = turns.get(turnId)!
      if (turn.state !== 'completed') found.push(`a turn is ${turn.state}`)
      const { total_ms, first_delta_ms, context_ms } = receipt?.timings ?? { total_ms: -1, first_delta_ms: -1, context_ms: -1 }
      if ([total_ms, first_delta_ms ?? 0, context_ms ?? 0].some((duration) => duration < 0)) found.push(`a duration is negative: ${JSON.stringify(receipt?.timings)}`)
    }
    await Promise.all([behind.skewClock(0), ahead.skewClock(0)])
    note('±5 min, 1 h back')
    return found
  },
}

const outageSeconds = isFullRun ? 20 : 1

/** The database is ended as by a crash in the middle of answers, and stays away for a while. */
export const databaseRestarts: FaultCheck = {
  name: '[R26] while the database is away nothing is acknowledged; answers wait, and go on when it is back',
  caught: { 'acknowledged-before-commit': /acknowledged|^I1/ },
  async run(bench, _rounds, note) {
    using scene = bench.scene()
    const postgres = await sharedPostgres()
    const [asking, watching] = await twoDevices(scene)
    const { id, body } = scene.question(asking, scene.model(asking, 't600-g10'))
    const { turn_id: turnId } = await asking.ask(id, body)
    await asking.reached(turnId, 5)
    watching.follow(turnId)
    await watching.reached(turnId, 20)
    await postgres.stop('SIGQUIT')
    const found: string[] = []
    try {
      found.push(...await nothingIsTaken(scene, asking))
      // What was written before comes on the same socket before that refusal.
      const before = asking.position(turnId)
      await sleep(outageSeconds * 1000)
      found.push(...await nothingIsTaken(scene, watching))
      const shown = asking.position(turnId) - before
      if (shown > 1) found.push(`${shown} rows were shown that could not be written`)
    } finally {
      await postgres.resume()
    }
    if (found.length > 0) return found
    const back = performance.now()
    const fresh = scene.question(asking, scene.model(asking, 't3'))
    await untilTaken(scene, asking, fresh)
    const healed = performance.now() - back
    found.push(...late('the first answer after the outage', healed, 3000), ...await settled(scene))
    const state = await stateOf(scene, turnId)
    if (state !== 'completed') found.push(`the answer that waited is ${state}`)
    note(`away for ${outageSeconds} s; taken again after ${Math.round(healed)} ms`)
    return found
  },
}

async function nothingIsTaken(scene: Scene, device: Device): Promise<readonly string[]> {
  const { id, body } = scene.question(device, scene.model(device, 't3'))
  const refused = await device.ask(id, body).then(() => 'acknowledged', (error: Error) => error.message)
  const read = await scene.call(device, 'GET', '/api/v1/chat/conversations')
  return [
    ...(refused === 'store_unavailable' ? [] : [`a question without a database was ${refused}`]),
    ...(read.status === 503 ? [] : [`a read without a database was answered ${read.status}`]),
  ]
}

async function untilTaken(scene: Scene, device: Device, { id, body }: ReturnType<Scene['question']>): Promise<void> {
  const deadline = performance.now() + scene.bench.patienceMs
  for (let n = 0; performance.now() < deadline; n++) {
    if (await device.ask(`${id}-${n}`, body).then(() => true, () => false)) return
    await sleep(50)
  }
}

/** Words that the statements of a turn's commands hold, in their order; after so many of them the answer to the next is lost. */
const lostAnswers: readonly (readonly [word: string, skip: number])[] = [
  ...[0, 1, 2, 3, 4, 5].map((skip) => ['commit', skip] as const), ...[0, 3].map((skip) => ['with owned', skip] as const),
]

/** The answer to a commit gets lost: what was asked is on disk, and whoever asked was not told. */
export const lostCommitAnswers: FaultCheck = {
  name: '[R28] a commit whose answer is lost is neither lost nor done twice',
  caught: { 'lost-answer-is-refusal': /was refused|the turn is/ },
  async run(bench, _rounds, note) {
    const found: string[] = []
    const wire = bench.wires[0]!
    for (const [word, skip] of lostAnswers) {
      if (found.length > 0) break
      using scene = bench.scene()
      const [asking, watching] = await twoDevices(scene)
      const { id, body } = scene.question(asking, scene.model(asking, 't30-g10'))
      const cut = wire.cutAnswerTo(word, skip)
      const asked = await asking.ask(id, body).catch((error: Error) => {
        if (error instanceof WaitedInVain) throw error
        return error.message
      })
      if (typeof asked === 'string') {
        found.push(`after ${word} ${skip} the question was refused: ${asked}`)
        break
      }
      const { turn_id: turnId } = asked
      watching.follow(turnId)
      if (!(await within(bench.patienceMs, cut.then(() => true)))) found.push(`no ${word} came by`)
      found.push(...await settled(scene))
      const state = await stateOf(scene, turnId)
      if (state !== 'completed') found.push(`after ${word} ${skip} the turn is ${state}`)
    }
    note(`${lostAnswers.length} answers lost`)
    return found
  },
}

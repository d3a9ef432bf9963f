import { isDeepStrictEqual } from 'node:util'
import { tokensOf, type Scene } from './bench.ts'
import type { Device } from './device.ts'
import { late, within, type FaultCheck } from './fault-check.ts'
import type { TurnTruth } from './truth.ts'

/** Asks, and resolves when the answer is closed or patience is over. */
async function asked(scene: Scene, device: Device, model: string): Promise<string> {
  const { id, body } = scene.question(device, model)
  const { turn_id } = await device.ask(id, body)
  await within(scene.bench.patienceMs * 2, device.ended(turn_id, 2 * scene.bench.patienceMs).catch(() => null))
  return turn_id
}

async function truthOf(scene: Scene, turnId: string): Promise<TurnTruth> {
  return (await scene.read()).turns.get(turnId)!
}

/** The provider is cut off after k deltas: before the first another model answers, after it what came stays. */
export const providerCut: FaultCheck = {
  name: '[R09] an answer that its provider cuts off keeps exactly the deltas that came, marked interrupted and estimated',
  caught: { 'retry-after-delta': /asked 2 times|is not the \d+ deltas/ },
  async run(bench, _rounds, note) {
    using scene = bench.scene()
    const device = await scene.device('ada')
    const found: string[] = []
    for (const k of [1, 10, 19]) {
      const turnId = await asked(scene, device, scene.model(device, `t20-g3-cut${k}`))
      const { turn, answer, receipt } = await truthOf(scene, turnId)
      if (turn.state !== 'interrupted' || turn.failure?.code !== 'provider_cut') {
        found.push(`cut after ${k}: ${turn.state} ${turn.failure?.code}`)
      }
      if (answer.content !== tokensOf(device, k).join('')) {
        found.push(`cut after ${k}: ${JSON.stringify(answer.content)} is not the ${k} deltas`)
      }
      if (receipt?.usage?.estimated !== true || receipt.attempts.length !== 1) {
        found.push(`cut after ${k}: the receipt says ${JSON.stringify(receipt?.usage)} of ${receipt?.attempts.length} attempts`)
      }
    }
    const turnId = await asked(scene, device, scene.model(device, 't20-cut0'))
    const { turn, receipt } = await truthOf(scene, turnId)
    if (turn.state !== 'completed' || receipt?.attempts.length !== 2) {
      found.push(`cut after 0: ${turn.state} after ${receipt?.attempts.length} attempts`)
    }
    note('cut after 0, 1, 10 and 19 of 20 deltas')
    return [...found, ...await scene.violations()]
  },
}

/** Whatever ends an answer, what it took is paid: also where its process died in the middle of it. */
export const cutCost: FaultCheck = {
  name: '[R09] an answer that was cut off has its cost, which is the sum of its attempts, estimated and said to be',
  caught: { 'cut-is-free': /^I6: .* costs/ },
  async run(bench, _rounds, note) {
    using scene = bench.scene()
    const device = await scene.device('ada')
    const found: string[] = []
    for (const k of [1, 19]) {
      const { receipt } = await truthOf(scene, await asked(scene, device, scene.model(device, `t20-g3-cut${k}`)))
      if (receipt?.usage?.estimated !== true || !(receipt.cost !== null && receipt.cost > 0)) {
        found.push(`I6: an answer cut after ${k} costs ${receipt?.cost} for ${JSON.stringify(receipt?.usage)}`)
      }
    }
    const crashed = scene.question(device, scene.model(device, 't200-g10'))
    const { turn_id } = await device.ask(crashed.id, crashed.body)
    await device.reached(turn_id, 3)
    await bench.server.kill()
    await bench.server.start()
    const { receipt } = await truthOf(scene, turn_id)
    if (!(receipt?.cost !== undefined && receipt.cost !== null && receipt.cost > 0)) found.push(`I6: an answer whose process died costs ${receipt?.cost}`)
    note('cut after 1 and 19 of 20 deltas, and with its process')
    return [...found, ...await scene.violations()]
  },
}

/** Seconds until a silent provider is given up, here. */
export const silenceSeconds = 2
/** The promise: within a second of the deadline. */
const deadlineSlackMs = 1000

/** One provider never begins, one falls silent; a person may have two turns. */
export const providerStall: FaultCheck = {
  name: '[R10] a provider that falls silent is given up in time, its socket closed and the place of its turn free',
  caught: { 'no-deadlines': /never ended/ },
  async run(bench, _rounds, note) {
    using scene = bench.scene()
    // Whoever would answer instead is silent too.
    bench.provider.answerAs('gpt-4o-mini', 'sim-stall0')
    using _ = { [Symbol.dispose]: () => bench.provider.answerAs('gpt-4o-mini', 'sim') }
    const device = await scene.device('ada')
    const found: string[] = []
    const figures: string[] = []
    const stalled = [['stall0', 'failed', 'first_delta_timeout'], ['stall3', 'interrupted', 'idle_timeout']] as const
    const began = performance.now()
    const ends = stalled.map(async ([fault, state, code]) => {
      const turnId = await asked(scene, device, scene.model(device, `t20-${fault}`))
      const took = performance.now() - began
      const { turn } = await truthOf(scene, turnId)
      if (turn.state === 'running') return found.push(`${fault} never ended`)
      if (turn.state !== state || turn.failure?.code !== code) found.push(`${fault}: ${turn.state} ${turn.failure?.code}`)
      if (took < silenceSeconds * 1000 - 50) found.push(`${fault} was given up after ${took} ms`)
      found.push(...late(`the end of ${fault}`, took - silenceSeconds * 1000, deadlineSlackMs))
      figures.push(`${code} after ${Math.round(took)} ms`)
    })
    await device.until(() => scene.history.of('accepted').length === 2 || undefined, 'two turns')
    const refused = await refusalOf(scene, device)
    if (refused !== 'too_many_turns') found.push(`a third turn was ${refused}`)
    await Promise.all(ends)
    if (found.length > 0) return found
    for (const call of scene.calls) {
      if ((await within(3 * deadlineSlackMs, call.closed.then(() => true))) === null || !call.aborted) {
        found.push(`the socket for ${call.model} is still open`)
      }
    }
    const after = await asked(scene, device, scene.model(device, 't3'))
    if ((await truthOf(scene, after)).turn.state !== 'completed') found.push('the places of the stalled turns are not free')
    note(figures.join(', '))
    return [...found, ...await scene.violations()]
  },
}

async function refusalOf(scene: Scene, device: Device): Promise<string> {
  const { id, body } = scene.question(device, scene.model(device, 't3'))
  return device.ask(id, body).then(() => 'taken', (error: Error) => error.message)
}

/** Whole characters, halves of them in two deltas, what ends lines elsewhere, and what looks like the wire's own words. */
const difficultDeltas = [
  'é', '日本', '🙂', '\ud83d', '\ude42', ' 👩‍👩‍👧‍👦', '\r\n', 'data: [DONE]\n\n', '\u2028\u2029', '"\\"',
  '\ud83c', '\uddeb', '🇷', '\u0000', 'ü',
]

export const halfCharacters: FaultCheck = {
  name: '[R14] bytes are exact: characters cut anywhere, CRLF or LF, one byte a write, no last newline',
  caught: { 'halves-decoded-alone': /^I3/ },
  async run(bench, _rounds, note) {
    using scene = bench.scene()
    const device = await scene.device('ada')
    const ways = ['x1', 'x1-crlf', 'x1-crlf-nonl', 'x3', 'g12-x1', 'g12']
    const turnIds = await Promise.all(ways.map((way) => asked(scene, device, scene.bareModel(way, difficultDeltas))))
    const { turns } = await scene.read()
    const states = turnIds.map((turnId) => turns.get(turnId)!.turn.state)
    const found = states.flatMap((state, i) => (state === 'completed' ? [] : [`${ways[i]}: ${state}`]))
    note(`${ways.length} ways to cut ${Buffer.byteLength(difficultDeltas.join(''))} bytes`)
    return [...found, ...await scene.violations()]
  },
}

/** What a provider may send, and how the turn must end. */
const badProviders: readonly (readonly [options: string, state: string, code: string | null])[] = [
  ['t3-huge64', 'interrupted', 'provider_malformed'],
  ['t20-g1-bad5', 'interrupted', 'provider_malformed'],
  ['endless-b500', 'interrupted', 'answer_too_large'],
  ['t20-odd', 'completed', null],
  ['t20-done2', 'completed', null],
  ['t20-nousage', 'completed', null],
  ['t20-nodone', 'interrupted', 'provider_cut'],
]
const mostMemory = 32 * 1024 * 1024

export const badProvider: FaultCheck = {
  name: '[R15] a provider that sends bad JSON, 64 MiB in a line, or no end, costs one turn and little memory',
  caught: { 'body-read-whole': /MiB|huge64/ },
  async run(bench, _rounds, note) {
    using scene = bench.scene()
    const device = await scene.device('ada')
    for (let i = 0; i < 2; i++) await asked(scene, device, scene.bareModel('t60000-b500'))
    const { pid } = bench.server
    const found: string[] = []
    const growths: string[] = []
    for (const [options, state, code] of badProviders) {
      bench.server.forgetPeak()
      const before = bench.server.peakMemory
      const turnId = await asked(scene, device, scene.bareModel(options))
      const grown = bench.server.peakMemory - before
      growths.push(`${options} ${Math.round(grown / 1024 ** 2)}`)
      if (grown > mostMemory) found.push(`${options} took ${Math.round(grown / 1024 ** 2)} MiB`)
      const { turn } = await truthOf(scene, turnId)
      if (!isDeepStrictEqual([turn.state, turn.failure?.code ?? null], [state, code])) {
        found.push(`${options}: ${turn.state} ${turn.failure?.code}`)
      }
      if (found.length > 0) return found
    }
    if (bench.server.pid !== pid || !bench.server.alive) found.push('the process died')
    note(`MiB at the peak: ${growths.join(', ')}`)
    return [...found, ...await scene.violations()]
  },
}

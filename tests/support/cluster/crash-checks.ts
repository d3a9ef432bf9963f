import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench, Scene } from './bench.ts'
import type { Device } from './device.ts'
import { late, spread, within, type FaultCheck } from './fault-check.ts'
import type { CrashPoint } from './fault-switches.ts'

/** Milliseconds in which a server that starts on what a crash left must be ready. */
const readyMs = 2000

/** How 8 turns are asked on 4 devices of 2 people, each answer of another length and speed. */
const answers = ['t5', 't30-g2', 't60-g2', 't60-g5', 't100-g3', 't100-g5', 't200-g2', 't40-g10'] as const

/** 8 turns stream; the server is killed at any time; it starts again, and clients go on where they were. */
export const killAnyTime: FaultCheck = {
  name: '[R01] a server killed at any time loses nothing that it acknowledged or showed',
  rounds: { sample: 2, full: 20 },
  caught: {
    'shown-before-log': /^I3/, 'terminal-before-settlement': /^I2/, 'recovery-forgets': /^I2.*left running/, 'usage-not-flagged': /^I6/,
  },
  async run(bench, rounds, note) {
    const found: string[] = []
    const outcomes: string[] = []
    for (let round = 0; round < rounds && found.length === 0; round++) {
      using scene = bench.scene()
      const killed = 20 + bench.random() * 500
      const devices = await fourDevices(scene)
      // Looked at after the restart: what it waited for in vain is thrown there, and not while nobody listens.
      const asked = askEight(scene, devices).then(() => null, (error: unknown) => ({ error }))
      await sleep(killed)
      await bench.server.kill()
      found.push(...late('the start after a kill', await bench.server.start(), readyMs))
      const broken = await asked
      if (broken) throw broken.error
      found.push(...await settled(scene))
      const truth = await scene.read()
      outcomes.push(...[...truth.turns.values()].map(({ turn }) => turn.state))
    }
    note(`${outcomes.length} turns in ${rounds} kills: ${tally(outcomes)}; ready after ${spread(bench.server.startMs, 'ms')}`)
    return found
  },
}

async function fourDevices(scene: Scene): Promise<readonly Device[]> {
  return Promise.all(['ada', 'bob'].flatMap((user) => ['phone', 'laptop'].map((name) => scene.device(user, name))))
}

/**
 * Asks 8 questions on all devices in turn; the person's other device follows each answer. Resolves when all are acknowledged,
 * over however many lives.
 */
async function askEight(scene: Scene, devices: readonly Device[]): Promise<void> {
  await Promise.all(answers.map(async (options, i) => {
    const [asking, watching] = [devices[i % 4]!, devices[(i % 4) ^ 1]!]
    const { id, body } = scene.question(asking, scene.model(asking, options))
    const { turn_id } = await asking.ask(id, body)
    watching.follow(turn_id)
  }))
}

/** Waits until every device has seen the end of all it follows; what does not come is a violation too. */
async function settled(scene: Scene): Promise<readonly string[]> {
  const allQuiet = Promise.all(scene.devices.map((device) => device.quiet())).then(() => true, () => null)
  const quiet = await within(scene.bench.patienceMs, allQuiet)
  return [...(quiet ? [] : ['a device still waits for the end of a turn']), ...await scene.violations()]
}

function tally(words: readonly string[]): string {
  return Object.entries(Object.groupBy(words, (word) => word)).map(([word, all]) => `${all!.length} ${word}`).join(', ')
}

/** An acknowledgement of this age, in milliseconds, counts: an older one had time to be written by chance. */
const freshMs = 5

/** Many tabs send at once; the server is killed at most 5 ms after an acknowledgement; what was acknowledged is there in the next life. */
export const acknowledgedIsStored: FaultCheck = {
  name: '[R03] an acknowledgement means a commit, however soon the server dies',
  rounds: { sample: 10, full: 300 },
  caught: { 'acknowledged-before-commit': /^I1/ },
  async run(bench, acknowledgements, note) {
    const found: string[] = []
    const ages: number[] = []
    let lives = 0
    while (ages.filter((age) => age <= freshMs).length < acknowledgements && found.length === 0) {
      using scene = bench.scene()
      lives += 1
      const devices = await Promise.all(Array.from({ length: 40 }, (_, i) => scene.device('ada', `tab ${i}`)))
      const asked = devices.map((device) => {
        const { id, body } = scene.question(device, scene.model(device, 't3-f50'))
        return device.ask(id, body)
      })
      const enough = 10 + Math.floor(bench.random() * 20)
      await nth(asked, enough)
      await sleep(bench.random() * 3)
      const killedAt = scene.history.now
      await bench.server.kill()
      ages.push(...scene.history.of('accepted').filter(({ at }) => at <= killedAt).map(({ at }) => killedAt - at))
      await bench.server.start()
      await Promise.all(asked)
      found.push(...await settled(scene))
    }
    const fresh = ages.filter((age) => age <= freshMs).length
    note(`${fresh} acknowledgements at most ${freshMs} ms old when the server died, ${ages.length - fresh} older, in ${lives} lives`)
    return found
  },
}

/** Resolves when `count` of the promises have. */
function nth(promises: readonly Promise<unknown>[], count: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let done = 0
  for (const each of promises) each.then(() => ++done === count && resolve(), () => {})
  return promise
}

interface Crash {
  readonly point: CrashPoint
  /** How often the server may pass there before. */
  readonly pass: number
}

type Story = (bench: Bench, scene: Scene, crash: Crash) => Promise<void>

/** One check for each part of a turn's way; a sample takes one of its points. */
function crashAt(part: string, crashes: readonly Crash[], caught: FaultCheck['caught'], story: Story): FaultCheck {
  return {
    name: `[R02] a server that dies ${part} loses nothing that it acknowledged or showed`,
    rounds: { sample: 1, full: crashes.length },
    caught,
    plantsInSample: story === whileItRecovers,
    async run(bench, rounds, note) {
      const found: string[] = []
      const died: string[] = []
      const first = rounds < crashes.length ? Math.floor(bench.random() * crashes.length) : 0
      for (let i = 0; i < rounds && found.length === 0; i++) {
        const crash = crashes[(first + i) % crashes.length]!
        using scene = bench.scene()
        await story(bench, scene, crash)
        if (await within(bench.patienceMs, bench.server.exited)) died.push(crash.point)
        else found.push(`nothing passed ${crash.point}`)
        await bench.server.kill()
        await bench.server.start()
        found.push(...await settled(scene))
      }
      note(`died at ${died.join(', ')}`)
      return found
    },
  }
}

/** 8 turns run, and one of them comes by the point. What is not acknowledged then is sent again in the next life. */
async function whileTurnsRun(bench: Bench, scene: Scene, crash: Crash): Promise<void> {
  const devices = await fourDevices(scene)
  await bench.server.crashAt(crash)
  // Where the server dies before it acknowledged all, the rest is acknowledged in its next life, or that is found there.
  askEight(scene, devices).catch(() => {})
}

/** Turns are left running with text, and twice the start after that dies as well. */
async function whileItRecovers(bench: Bench, scene: Scene, crash: Crash): Promise<void> {
  const devices = await fourDevices(scene)
  await askEight(scene, devices)
  await Promise.all(devices.map((device) => device.until(() => device.events > 0 || undefined, 'its first row')))
  await bench.server.kill()
  for (let life = 0; life < 2; life++) {
    const survived = await bench.server.start(crash).then(() => true, () => false)
    if (survived) return
  }
}

/** All turns are closed, and their rows are on the way from the log into the messages. */
async function whileItCompacts(bench: Bench, scene: Scene, crash: Crash): Promise<void> {
  const devices = await fourDevices(scene)
  await askEight(scene, devices)
  await Promise.all(devices.map((device) => device.quiet()))
  await bench.server.crashAt(crash)
  await bench.server.advanceClock(compactionMs)
}

/** More than the pause between two compactions. */
const compactionMs = 6000

export const crashPointChecks: readonly FaultCheck[] = [
  crashAt(
    'while a turn is opened', [{ point: 'before-open', pass: 2 }, { point: 'before-ack', pass: 2 }],
    { 'acknowledged-before-commit': /^I1/ }, whileTurnsRun,
  ),
  crashAt(
    'while a provider is asked',
    [{ point: 'attempt-started', pass: 2 }, { point: 'provider-connected', pass: 2 }, { point: 'first-part', pass: 8 }],
    { 'repeated-id-opens-again': /^I[14]/ }, whileTurnsRun,
  ),
  crashAt(
    'while rows are written', [{ point: 'before-append', pass: 4 }, { point: 'before-publish', pass: 4 }],
    { 'shown-before-log': /^I3/ }, whileTurnsRun,
  ),
  crashAt(
    'while a turn is settled', [{ point: 'before-settle', pass: 2 }, { point: 'before-terminal-shown', pass: 2 }],
    { 'terminal-before-settlement': /^I2/ }, whileTurnsRun,
  ),
  crashAt(
    'while it recovers',
    [{ point: 'turns-claimed', pass: 1 }, { point: 'between-settlements', pass: 1 }, { point: 'between-settlements', pass: 2 }],
    { 'recovery-drops-text': /^I3/, 'recovery-forgets': /^I2.*left running/ }, whileItRecovers,
  ),
  crashAt('while it compacts its log', [{ point: 'log-compacted', pass: 1 }], { 'log-ends-with-turn': /^I3/ }, whileItCompacts),
]

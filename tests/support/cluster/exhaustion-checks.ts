import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench } from './bench.ts'
import { within, type FaultCheck } from './fault-check.ts'

/** Files and sockets a server may have open in the check of connections. */
export const fewFiles = 256
const flooding = 400
const floodMs = 3000

/** 8 turns run while far more connections come than the process may have open; some ask, some say nothing. */
export const tooManyConnections: FaultCheck = {
  name: '[R33] a server with more connections than it may have open says so, brings to an end what runs, and takes on again',
  caught: { 'never-sheds': /nobody was told/ },
  async run(bench, _rounds, note) {
    using scene = bench.scene()
    const found: string[] = []
    const devices = await Promise.all(['ada', 'bob'].flatMap((user) => [scene.device(user, 'phone'), scene.device(user, 'laptop')]))
    const asked = await Promise.all(Array.from({ length: 8 }, async (_, i) => {
      const device = devices[i % 4]!
      const { id, body } = scene.question(device, scene.model(device, 't200-g20'))
      const { turn_id } = await device.ask(id, body)
      await device.reached(turn_id, 2)
      return turn_id
    }))
    const flood = new Flood(bench.server.url)
    await sleep(floodMs)
    const { told, answered, dropped, wordless } = flood.end()
    note(`of ${flooding} connections ${answered} were answered, ${told} told to come later, ${dropped} closed`)
    if (told === 0) found.push('nobody was told to come later')
    if (wordless > 0) found.push(`${wordless} were refused without when to come again`)
    found.push(...await goneOn(bench, devices.map((device) => device.quiet())), ...await scene.violations())
    const truth = await scene.read()
    found.push(...asked.filter((turnId) => truth.turns.get(turnId)?.turn.state !== 'completed').map((turnId) => `${turnId} ran and was not brought to its end`))
    const { id, body } = scene.question(devices[0]!, scene.model(devices[0]!, 't5'))
    if (!await within(bench.patienceMs, devices[0]!.ask(id, body).then(() => true, () => null))) found.push('with connections free again a question is refused')
    return found
  },
}

/** Many bare connections. Every other one asks something, and keeps its connection. */
class Flood {
  readonly #sockets: Socket[] = []
  readonly #answers = new Map<Socket, string>()
  #dropped = 0

  constructor(url: string) {
    const { hostname, port, host } = new URL(url)
    for (let i = 0; i < flooding; i++) {
      const socket = connect(Number(port), hostname)
      socket.on('error', () => {})
      socket.on('close', () => (this.#dropped += this.#answers.has(socket) ? 0 : 1))
      socket.on('data', (data) => this.#answers.set(socket, (this.#answers.get(socket) ?? '') + String(data)))
      if (i % 2 === 0) socket.on('connect', () => socket.write(`GET /api/v1/agents HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer eve@flood\r\n\r\n`))
      this.#sockets.push(socket)
    }
  }

  end(): { readonly told: number; readonly answered: number; readonly dropped: number; readonly wordless: number } {
    const dropped = this.#dropped
    for (const socket of this.#sockets) socket.destroy()
    const answers = [...this.#answers.values()]
    const refused = answers.filter((answer) => answer.startsWith('HTTP/1.1 503'))
    const told = refused.filter((answer) => /^retry-after: \d+\r$/im.test(answer)).length
    return { told, answered: answers.length - refused.length, dropped, wordless: refused.length - told }
  }
}

/** What a server's heap may hold in the check of memory, and what each turn that runs weighs there, in MiB. */
export const smallHeap = 192
export const turnWeight = 1
const askers = 20
const questionsEach = 10
const allMs = 90_000

/** 200 turns are wanted at once, which together weigh more than the heap may hold. */
export const tooLittleMemory: FaultCheck = {
  name: '[R33] a server whose heap cannot hold what is asked of it refuses some, brings to an end what it took, and does not end',
  caught: { 'never-sheds': /the server ended/ },
  async run(bench, _rounds, note) {
    using scene = bench.scene()
    const { pid } = bench.server
    const devices = await Promise.all(Array.from({ length: askers }, (_, i) => scene.device(`user${'abcdefghijklmnopqrst'[i]}`)))
    let [accepted, refused] = [0, 0]
    const wrong: string[] = []
    const deadline = performance.now() + allMs
    const ended = bench.server.exited.then(() => 'ended' as const)
    const askAll = Promise.all(devices.map(async (device) => {
      for (let taken = 0; taken < questionsEach && performance.now() < deadline && bench.server.alive;) {
        const { id, body } = scene.question(device, scene.model(device, 't100-g60'))
        const code = await device.ask(id, body).then(() => null, (error: Error) => error.message)
        if (code === null) [taken, accepted] = [taken + 1, accepted + 1]
        else if (code === 'overloaded') refused += 1
        else wrong.push(`a question was refused as ${code}`)
        if (code !== null) await sleep(1000)
      }
    }))
    if ((await Promise.race([ended, askAll])) === 'ended') return ['the server ended']
    note(`${accepted} questions taken, and ${refused} times one was told to come later`)
    const found = [...wrong, ...(accepted === askers * questionsEach ? [] : [`only ${accepted} questions were ever taken`]), ...(refused === 0 ? ['nothing was refused'] : [])]
    found.push(...await goneOn(bench, devices.map((device) => device.quiet())))
    if (!bench.server.alive || bench.server.pid !== pid) return ['the server ended']
    return [...found, ...await scene.violations()]
  },
}

async function goneOn(bench: Bench, quiet: readonly Promise<void>[]): Promise<readonly string[]> {
  const came = await within(3 * bench.patienceMs, Promise.all(quiet).then(() => true, () => null))
  return [...(came ? [] : ['a turn that ran does not come to its end']), ...(bench.server.alive ? [] : ['the server ended'])]
}

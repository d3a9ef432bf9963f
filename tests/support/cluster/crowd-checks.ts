import { setTimeout as sleep } from 'node:timers/promises'
import { limits } from '#protocol/limits.ts'
import { frame, openByHand, readFrames } from '../../security/raw-socket.ts'
import type { Bench } from './bench.ts'
import { eventually, Follower, kolmogorov } from './crowd.ts'
import type { FaultCheck } from './fault-check.ts'

const backMs = 30_000
const probeMs = 500
const mebibyte = 1024 * 1024

/** Asks the ready probe again and again; the slowest answer, or Infinity where there was none. */
function probing(url: string): { slowestMs(): Promise<number> } {
  let over = false
  let slowest = 0
  const work = (async () => {
    while (!over) {
      const asked = performance.now()
      const ok = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(10_000) }).then((response) => response.ok, () => false)
      slowest = Math.max(slowest, ok ? performance.now() - asked : Infinity)
      await sleep(100)
    }
  })()
  return {
    async slowestMs() {
      over = true
      await work
      return slowest
    },
  }
}

/** So many sockets follow one turn, and all are cut in the same moment. */
export const reconnectStorm: FaultCheck = {
  name: '[R38] a thousand sockets that are cut at once come back spread out, each to its place, and hold up nobody',
  rounds: { sample: 1000, full: 5000 },
  caught: { 'cursor-off-by-one': /row \d+ came after/ },
  // R16 finds the same one, with one socket.
  plantsInSample: false,
  async run(bench, count, note) {
    using scene = bench.scene()
    const asker = await scene.device('ada')
    const { id, body } = scene.question(asker, scene.model(asker, 't4000-g20'))
    const { turn_id: turnId } = await asker.ask(id, body)
    const crowd = Array.from({ length: count }, () => new Follower(() => bench.server.url, asker.token, turnId, bench.random))
    try {
      return await storm(bench, crowd, asker, turnId, note)
    } finally {
      for (const follower of crowd) follower.leave()
      asker.stop(turnId)
    }
  },
}

async function storm(bench: Bench, crowd: readonly Follower[], asker: { position(turnId: string): number }, turnId: string, note: (figure: string) => void): Promise<readonly string[]> {
  for (const [place, follower] of crowd.entries()) {
    follower.connect()
    if (place % 100 === 99) await eventually(() => crowd.slice(0, place + 1).every(({ connected }) => connected), backMs)
  }
  if (!await eventually(() => crowd.every(({ last }) => last > 0), backMs)) return ['not all could connect at first']
  const probe = probing(bench.server.url)
  const before = crowd.map(({ delays }) => delays.length)
  const cutAt = performance.now()
  for (const follower of crowd) follower.cut()
  const allBack = await eventually(() => crowd.every(({ connected }) => connected), 3 * backMs)
  const tookMs = Math.max(...crowd.map(({ connectedAt }) => connectedAt - cutAt))
  const reached = asker.position(turnId)
  const caughtUp = await eventually(() => crowd.every(({ last }) => last >= reached), backMs)
  const probedMs = await probe.slowestMs()
  // The first delay after a connection lies between half a second and a whole one.
  const first = crowd.map(({ delays }, place) => ((delays[before[place]!] ?? 0) - 500) / 500)
  const { distance, chance } = kolmogorov(first)
  note(`${crowd.length} sockets, all back ${Math.round(tookMs)} ms after the cut; ready probe ${Math.round(probedMs)} ms at most; delays: D ${distance.toFixed(4)}, p ${chance.toFixed(3)}`)
  return [
    ...(allBack ? [] : [`only ${crowd.filter(({ connected }) => connected).length} of ${crowd.length} came back`]), ...(tookMs > 3 * backMs ? [`the last came back after ${tookMs} ms`] : []),
    ...(caughtUp ? [] : ['some did not catch up']), ...(chance < 0.001 ? [`delays are not spread evenly: D ${distance}`] : []),
    ...(probedMs > 3 * probeMs ? [`the ready probe took ${Math.round(probedMs)} ms`] : []),
    ...crowd.flatMap(({ wrong }, place) => (wrong === null ? [] : [`socket ${place}: ${wrong}`])).slice(0, 5),
  ]
}

/** An answer may have a million letters. Each of these is six bytes on the wire, so an answer is more than five mebibytes. */
const letter = '\u0001'
const answerLetters = 960_000
const deltaLetters = 16_000
/** Answers that a slow reader follows: the system itself takes several mebibytes on their way from one process to another. */
const answers = 3
/** What each reads of the answer in a second. */
const slowBytes = 1024
const mostMemory = 256 * mebibyte

/** Readers of a long answer that take a kilobyte a second, and one that takes all. */
export const slowReaders: FaultCheck = {
  name: '[R34] readers that take a kilobyte a second of a long answer are let go to resume, cost little, and hold up nobody',
  rounds: { sample: 8, full: 200 },
  caught: { 'slow-readers-kept': /was kept/ },
  async run(bench, count, note) {
    using scene = bench.scene()
    const asker = await scene.device('ada')
    const deltas = Array.from({ length: answerLetters / deltaLetters }, (_, place) => String(place).padStart(8, '0').padEnd(deltaLetters, letter))
    bench.server.forgetPeak()
    const memory = bench.server.peakMemory
    const turnIds = await Promise.all(Array.from({ length: answers }, async () => {
      const { id, body } = scene.question(asker, scene.bareModel(`t${deltas.length}-g60`, deltas))
      return (await asker.ask(id, body)).turn_id
    }))
    const turnId = turnIds[0]!
    const resume = Buffer.concat(turnIds.map((turn_id) => frame({ payload: JSON.stringify({ type: 'chat.resume', data: { turn_id, after: 0 } }) })))
    const readers = await Promise.all(Array.from({ length: count }, () => slowReader(bench.server.url, asker.token, resume)))
    const fast = new Follower(() => bench.server.url, asker.token, turnId, bench.random)
    const began = performance.now()
    fast.connect()
    const took = await eventually(() => fast.ended, 60_000) ? performance.now() - began : Infinity
    const grown = bench.server.peakMemory - memory
    // The server's thirty seconds pass at once.
    await sleep(500)
    await bench.server.advanceClock(limits.socketSlowSeconds * 1000 + 1000)
    const ends = await Promise.all(readers.map((reader) => reader.end()))
    const resumed = new Follower(() => bench.server.url, asker.token, turnId, bench.random)
    resumed.connect()
    const whole = await eventually(() => resumed.ended, 30_000) && resumed.text === deltas.join('')
    fast.leave()
    resumed.leave()
    note(`${count} slow readers, ${ends.filter((end) => end === 4008).length} let go with 4008, ${ends.filter((end) => end === 'cut off').length} cut off before they had read as far as that; a fast one had all after ${Math.round(took)} ms; ${Math.round(grown / mebibyte)} MiB more at most`)
    return [
      ...ends.flatMap((end, place) => (end === 4008 || end === 'cut off' ? [] : [`reader ${place} was ${end}`])).slice(0, 5),
      ...(ends.includes(4008) ? [] : ['nobody was told why']),
      ...(fast.wrong === null && fast.text === deltas.join('') ? [] : [`I3: the fast reader has another text, of ${fast.text.length} letters; ${fast.wrong ?? fast.terminal}`]), ...(whole ? [] : ['I3: who resumes has another text']),
      ...(took > 60_000 ? ['the fast reader was held up'] : []), ...(grown > mostMemory ? [`${Math.round(grown / mebibyte)} MiB more`] : []),
    ]
  },
}

/** What it takes at most to read all that was sent, and the close behind it. */
const letGoMs = 30_000

/** Takes a little every second; at its end all, to see how it was let go. */
async function slowReader(url: string, token: string, resume: Buffer): Promise<{ end(): Promise<number | 'cut off' | 'kept'> }> {
  const socket = await openByHand(url, '/ws/v2/chat', [`Authorization: Bearer ${token}`], 120_000)
  socket.write(resume)
  socket.pause()
  const sips: Buffer[] = []
  const sip = setInterval(() => sips.push((socket.read(slowBytes) as Buffer | null) ?? Buffer.alloc(0)), 1000)
  return {
    async end() {
      clearInterval(sip)
      socket.unshift(Buffer.concat(sips))
      let kept = false
      setTimeout(() => {
        kept = true
        socket.destroy()
      }, letGoMs).unref()
      for await (const { opcode, payload } of readFrames(socket)) if (opcode === 8) return payload.readUInt16BE(0)
      return kept ? 'kept' : 'cut off'
    },
  }
}

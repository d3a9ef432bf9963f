import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench, Scene } from './bench.ts'
import type { Device } from './device.ts'
import { within, type FaultCheck } from './fault-check.ts'

/** How room is taken from a server's data, and given back. */
export interface Room {
  readonly name: string
  take(bench: Bench): void
  give(bench: Bench): void
}

/** Room for a few questions more. */
const spareBytes = 256 * 1024

/** Files of the server's process may not grow: any user can do that to a process of theirs. */
export const fileSizeRoom: Room = {
  name: 'that may not grow its files',
  take({ server, directory }) {
    const sizes = ['parley.db', 'parley.db-wal'].map((name) => statSync(join(directory, name)).size)
    setFileLimit(server.pid, String(Math.max(...sizes) + spareBytes))
  },
  give: ({ server }) => setFileLimit(server.pid, 'unlimited'),
}

/** The soft limit only, so that it can be raised again. */
function setFileLimit(pid: number, bytes: string): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`prlimit: ${stderr}`)
}

export interface SmallDisk extends Room, Disposable {
  readonly directory: string
}

/** A file system of 16 MiB of its own, filled with ballast; null where none can be mounted. */
export function mountSmallDisk(): SmallDisk | null {
  const mountPoint = mkdtempSync(join(tmpdir(), 'parley-disk-'))
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'none', mountPoint]).status !== 0) {
    rmSync(mountPoint, { recursive: true })
    return null
  }
  const ballast = join(mountPoint, 'ballast')
  return {
    name: 'whose disk is full', directory: join(mountPoint, 'data'),
    take() {
      const { bavail, bsize } = statfsSync(mountPoint)
      writeFileSync(ballast, Buffer.alloc(bavail * bsize - spareBytes))
    },
    give: () => rmSync(ballast, { force: true }),
    [Symbol.dispose]() {
      spawnSync('umount', ['-l', mountPoint])
      rmSync(mountPoint, { recursive: true, force: true })
    },
  }
}

const fullMs = 1500
const mostQuestions = 400

/** Turns run; there is no more room; questions are refused, reads go on, what runs keeps what it has; with room again all goes on by itself. */
export function fullDisk(room: Room, plantsInSample: boolean): FaultCheck {
  return {
    name: `[R32] [ST24] a server ${room.name} acknowledges nothing that it cannot store, reads on, and recovers without a restart`,
    plantsInSample,
    caught: { 'acknowledged-when-full': /^I1/, 'reads-need-room': /could not be read/ },
    async run(bench, _rounds, note) {
      using scene = bench.scene()
      const found: string[] = []
      const devices = await Promise.all(['ada', 'bob'].flatMap((user) => [scene.device(user, 'phone'), scene.device(user, 'laptop')]))
      const running = await Promise.all(devices.map(async (device) => {
        const { id, body } = scene.question(device, scene.model(device, 't150-g20'))
        const { turn_id, conversation_id } = await device.ask(id, body)
        await device.reached(turn_id, 3)
        return { device, turnId: turn_id, conversationId: conversation_id }
      }))
      const { pid } = bench.server
      const { body: { id: empty } } = await scene.call(devices[0]!, 'POST', '/api/v1/chat/conversations', { title: 'Nothing yet' })
      room.take(bench)
      try {
        const asked = await askUntilRefused(scene, devices[0]!)
        note(`${asked.accepted} questions were taken before the first was refused`)
        found.push(...asked.wrong, ...await refusedOverRest(scene, devices[0]!, empty))
        for (const one of running) found.push(...await readable(scene, one))
        await sleep(fullMs)
      } finally {
        room.give(bench)
      }
      const after = scene.question(devices[0]!, scene.model(devices[0]!, 't5'))
      const taken = await within(bench.patienceMs, devices[0]!.ask(after.id, after.body).then(() => true, () => null))
      if (!taken) found.push('with room again a question is still refused')
      const quiet = await within(bench.patienceMs, Promise.all(devices.map((device) => device.quiet())).then(() => true, () => null))
      if (!quiet) found.push('with room again a turn does not come to its end')
      if (!bench.server.alive || bench.server.pid !== pid) found.push('the server ended')
      found.push(...await scene.violations())
      return found
    },
  }
}

interface AskedUntilRefused {
  readonly accepted: number
  readonly wrong: readonly string[]
}

async function askUntilRefused(scene: Scene, device: Device): Promise<AskedUntilRefused> {
  for (let accepted = 0; accepted < mostQuestions; accepted++) {
    const { id, body } = scene.question(device, scene.model(device, 't1'))
    const refused = await device.ask(id, { ...body, content: `${body.content} ${'and so on '.repeat(2000)}` }).then(() => null, (error: Error) => error.message)
    if (refused !== null) return { accepted, wrong: refused === 'disk_full' ? [] : [`a question without room was refused as ${refused}`] }
  }
  return { accepted: mostQuestions, wrong: ['no question was refused'] }
}

async function refusedOverRest(scene: Scene, user: { readonly token: string }, conversationId: string): Promise<readonly string[]> {
  const { status, body } = await scene.call(user, 'POST', `/api/v1/chat/conversations/${conversationId}/messages`, { content: 'No room. '.repeat(10_000), stream: true })
  return status === 507 && body.code === 'disk_full' ? [] : [`without room ${status} ${body?.code} was answered`]
}

interface Running {
  readonly device: Device
  readonly turnId: string
  readonly conversationId: string
}

/** Everything that was there before can be read, and a running turn be followed from its beginning. */
async function readable(scene: Scene, { device, turnId, conversationId }: Running): Promise<readonly string[]> {
  const paths = ['/api/v1/chat/conversations', `/api/v1/chat/conversations/${conversationId}/messages`, `/api/v1/chat/turns/${turnId}`]
  const answers = await Promise.all(paths.map((path) => scene.call(device, 'GET', path)))
  const wrong = answers.flatMap(({ status }, i) => (status === 200 ? [] : [`${paths[i]} could not be read: ${status}`]))
  const second = await scene.device(device.token.split('@')[0]!, `another of ${device.name}`)
  second.follow(turnId)
  await second.reached(turnId, 3)
  return wrong
}

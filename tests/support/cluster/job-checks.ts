import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench, Scene } from './bench.ts'
import { within, type FaultCheck } from './fault-check.ts'
import type { CrashPoint } from './fault-switches.ts'

const path = '/api/v1/chat/conversations'
const undoMs = 30 * 86_400_000
/** More than the lease of a job, and than the first pauses after a crash. */
const leaseMs = 40_000
const turnsDeleted = 3

interface Crash {
  readonly point: CrashPoint
  readonly pass: number
}

const crashes: readonly Crash[] = [
  { point: 'job-slice', pass: 1 }, { point: 'job-worked', pass: 1 }, { point: 'deletion-committed', pass: 1 }, { point: 'job-taken', pass: 1 },
  { point: 'job-slice', pass: 2 }, { point: 'job-finished', pass: 1 },
]

/** Something is deleted; the server dies at each point between that commit and the end of its job; the next life does the job, and only that. */
export const outbox: FaultCheck = {
  name: '[R24] [R02] [J1] [J9] a server that dies between a commit and the end of its job does every job, and nothing else',
  rounds: { sample: 1, full: crashes.length },
  caught: { 'job-finished-first': /is deleted and still has/, 'deletion-without-job': /is deleted and still has/ },
  async run(bench, rounds, note) {
    const found: string[] = []
    const died: string[] = []
    for (const crash of crashes.slice(0, rounds)) {
      if (found.length > 0) break
      // Each round begins in the present: its deletion must not be later than the clock of the life after it.
      await bench.server.kill()
      await bench.server.start()
      using scene = bench.scene()
      const kept = await scene.device('ada', 'phone')
      const { id, body } = scene.question(kept, scene.model(kept, 't20'))
      await kept.ask(id, body)
      const conversation = await begin(scene, kept)
      await kept.quiet()
      kept.leave()
      await bench.server.crashAt(crash)
      await scene.call(kept, 'DELETE', `${path}/${conversation}`).catch(() => null)
      if (crash.point !== 'deletion-committed') await bench.server.advanceClock(undoMs).catch(() => {})
      if (await within(bench.patienceMs, bench.server.exited)) died.push(crash.point)
      else found.push(`nothing passed ${crash.point}`)
      await bench.server.kill()
      await bench.server.start()
      found.push(...await purged(bench, conversation), ...await scene.violations())
    }
    note(`died at ${died.join(', ')}`)
    return found
  },
}

/** A conversation with a few answers, whose texts no invariant asks for. */
async function begin(scene: Scene, user: { readonly token: string }): Promise<string> {
  const { body } = await scene.call(user, 'POST', path, { title: 'Forget this' })
  for (let i = 0; i < turnsDeleted; i++) await scene.call(user, 'POST', `${path}/${body.id}/messages`, { content: 'Forget this.', model: scene.bareModel('t5') })
  return body.id
}

/** Lets thirty days pass, and looks until nothing of the conversation is left; then what is left is a violation. */
async function purged(bench: Bench, conversation: string): Promise<readonly string[]> {
  await bench.server.advanceClock(undoMs + leaseMs)
  const deadline = performance.now() + bench.patienceMs
  for (;;) {
    const left = leftOf(bench.directory, conversation)
    if (left.length === 0 || performance.now() > deadline) return left
    await bench.server.advanceClock(leaseMs)
    await sleep(100)
  }
}

function* traces(database: DatabaseSync, conversation: string): Generator<string> {
  const count = (sql: string) => Number(database.prepare(sql).get(conversation)!['n'])
  for (const table of ['message', 'turn', 'emergence_session']) {
    const rows = count(`select count(*) as n from ${table} where conversation_id = ?`)
    if (rows > 0) yield `${conversation} is deleted and still has ${rows} rows of ${table}`
  }
  if (count('select count(*) as n from conversation where id = ?') > 0) yield `${conversation} is deleted and still has its place`
  if (count('select count(*) as n from job where key = \'purge/\' || ?') > 0) yield `${conversation} is purged and its job still waits`
  const orphans = Number(database.prepare('select count(*) as n from attempt where turn_id not in (select id from turn)').get()!['n'])
  if (orphans > 0) yield `${orphans} attempts are left of turns that are gone`
  const receipts = count(`select count(*) as n from receipt where body ->> '$.conversation_id' = ?`)
  if (receipts !== turnsDeleted) yield `${conversation} had ${turnsDeleted} receipts and has ${receipts}`
}

function leftOf(directory: string, conversation: string): readonly string[] {
  using database = new DatabaseSync(join(directory, 'parley.db'), { readOnly: true, timeout: 5000 })
  return [...traces(database, conversation)]
}

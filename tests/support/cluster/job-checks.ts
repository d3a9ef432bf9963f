import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
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
  if (bench.databaseUrl !== null) await endLeases(bench.databaseUrl)
  await bench.server.advanceClock(undoMs + leaseMs)
  const deadline = performance.now() + bench.patienceMs
  for (;;) {
    const left = await leftOf(bench, conversation)
    if (left.length === 0 || performance.now() > deadline) return left
    await bench.server.advanceClock(leaseMs)
    await sleep(100)
  }
}

/**
 * Gives back what the process that died had: its leases run by the database's clock, which cannot be put forward, and none is over
 * in the first half minute of a database. (That one which is over is found has clauses of its own in the store's contract.)
 */
async function endLeases(url: string): Promise<void> {
  await onPostgres(url, (client) => client.query("update job set lease_until = null, lease_owner = null where lease_until is not null and state = 'waiting'"))
}

/** What must not be left of a conversation `$1`, and in which words it is told when it is. */
const traces: readonly (readonly [count: string, told: string])[] = [
  ...['message', 'turn', 'emergence_session'].map((table) => [`select count(*) as n from ${table} where conversation_id = $1`, `is deleted and still has rows of ${table}`] as const),
  ['select count(*) as n from conversation where id = $1', 'is deleted and still has its place'],
  ["select count(*) as n from job where key = 'purge/' || $1", 'is purged and its job still waits'],
  ['select count(*) as n from attempt where turn_id not in (select id from turn) and $1 is not null', 'left attempts behind'],
]
const receiptsLeft = "select count(*) as n from receipt where body like '%' || $1 || '%'"

async function leftOf(bench: Bench, conversation: string): Promise<readonly string[]> {
  const counts = await countsIn(bench, [...traces.map(([count]) => count), receiptsLeft], conversation)
  const receipts = counts.at(-1)
  return [
    ...traces.flatMap(([, told], i) => (counts[i] === 0 ? [] : [`${conversation} ${told} (${counts[i]})`])),
    ...(receipts === turnsDeleted ? [] : [`${conversation} had ${turnsDeleted} receipts and has ${receipts}`]),
  ]
}

async function countsIn({ databaseUrl, directory }: Bench, questions: readonly string[], id: string): Promise<readonly number[]> {
  if (databaseUrl === null) {
    using database = new DatabaseSync(join(directory, 'parley.db'), { readOnly: true, timeout: 5000 })
    return questions.map((question) => Number(database.prepare(question.replace('$1', '?1')).get(id)!['n']))
  }
  return onPostgres(databaseUrl, async (client) => {
    const counts: number[] = []
    for (const question of questions) counts.push(Number((await client.query<{ n: string }>(question.replace('$1', '$1::text'), [id])).rows[0]!.n))
    return counts
  })
}

async function onPostgres<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

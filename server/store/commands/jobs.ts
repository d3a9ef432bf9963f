import { sql, type Selectable } from 'kysely'
import { makeId } from '../../lib/ids.ts'
import { all, change, first, type Command } from '../command.ts'
import type { Lease } from '../dialect.ts'
import type { HeldJob, Job, KeepJob, NewJob, Retried, RetryJob, TakeJobs } from '../job.ts'
import type { JobTable, Sql } from '../schema.ts'

/** A job that was begun so often and never ended is dead. With the pauses below that is two days of trying. */
export const mostAttempts = 64
/** Milliseconds to the second try; each later one waits twice as long, up to an hour. */
const firstPauseMs = 1000
const longestPauseMs = 3_600_000

/**
 * The outbox: for commands to call in their own transaction, so that the job is there exactly if what it is for is. A key that is there
 * already is asked for anew: it runs once more, also when somebody is at it.
 */
export function* enqueue(db: Sql, job: NewJob): Command<void> {
  const { kind, key, actor, payload, runAt, now } = job
  const asked = {
    payload: JSON.stringify(payload), state: 'waiting', run_at: runAt, attempts: 0, lease_owner: null, lease_until: null, last_error: null,
  }
  const owned = { tenant_id: actor.tenantId, user_id: actor.userId }
  yield* change(
    db.insertInto('job')
      .values({ ...asked, ...owned, id: makeId('j', now), kind, key, fence: 0, created_at: now })
      .onConflict((conflict) => conflict.column('key').doUpdateSet((column) => ({ ...asked, fence: column('job.fence', '+', 1) }))),
  )
}

export function* takeJobs(db: Sql, command: TakeJobs): Command<readonly Job[]> {
  const { kinds, limit, owner, leaseMs, now } = command
  const lease: Lease = { owner, ms: leaseMs, now }
  yield* retryAbandoned(db, command, lease)
  const due: string[] = []
  for (const kind of kinds) {
    const found = yield* all(
      db.selectFrom('job').select('id').where('kind', '=', kind).where('state', '=', sql.lit('waiting')).where('run_at', '<=', now)
        .where('lease_until', 'is', null).orderBy('run_at').limit(limit - due.length),
    )
    due.push(...found.map(({ id }) => id))
    if (due.length >= limit) break
  }
  if (due.length === 0) return []
  const taken = yield* all(
    db.updateTable('job')
      .set((column) => ({
        lease_owner: owner, lease_until: db.dialect.leaseEnd(lease), fence: column('fence', '+', 1), attempts: column('attempts', '+', 1),
      }))
      .where('id', 'in', due).where('lease_until', 'is', null)
      .returningAll(),
  )
  return taken.map(jobFromRow).toSorted((a, b) => due.indexOf(a.id) - due.indexOf(b.id))
}

/** A job whose lease ran out was begun and not ended: its process may have died of it, so it waits as after an error. */
function* retryAbandoned(db: Sql, { kinds, limit, now }: TakeJobs, lease: Lease): Command<void> {
  const abandoned = yield* all(
    db.selectFrom('job').select(['id', 'fence']).where('lease_until', 'is not', null).where('kind', 'in', kinds)
      .where((column) => db.dialect.leaseOver(column.ref('lease_until'), lease)).limit(limit),
  )
  for (const job of abandoned) yield* retryJob(db, { ...job, error: 'whoever had it went away', now })
}

function jobFromRow(row: Selectable<JobTable>): Job {
  return {
    id: row.id, kind: row.kind, key: row.key, actor: { tenantId: row.tenant_id, userId: row.user_id },
    payload: JSON.parse(row.payload) as Job['payload'], attempts: row.attempts, fence: row.fence,
  }
}

export function* keepJob(db: Sql, { id, fence, leaseMs, now }: KeepJob): Command<boolean> {
  const kept = yield* change(
    db.updateTable('job').set({ lease_until: db.dialect.leaseEnd({ owner: '', ms: leaseMs, now }) }).where('id', '=', id).where('fence', '=', fence),
  )
  return kept > 0
}

export function* finishJob(db: Sql, command: HeldJob): Command<boolean> {
  const finished = yield* change(db.deleteFrom('job').where('id', '=', command.id).where('fence', '=', command.fence))
  return finished > 0
}

export function* retryJob(db: Sql, command: RetryJob): Command<Retried> {
  const job = yield* first(db.selectFrom('job').select('attempts').where('id', '=', command.id).where('fence', '=', command.fence).$call(db.dialect.held))
  if (!job) return 'lost'
  const state = job.attempts >= mostAttempts ? 'dead' : 'waiting'
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (job.attempts - 1))
  yield* change(
    db.updateTable('job')
      .set((column) => ({
        state, run_at: command.now + pauseMs, lease_owner: null, lease_until: null, last_error: command.error,
        fence: column('fence', '+', 1),
      }))
      .where('id', '=', command.id),
  )
  return state
}

export function* returnJob(db: Sql, command: HeldJob): Command<boolean> {
  const returned = yield* change(
    db.updateTable('job')
      .set((column) => ({
        lease_owner: null, lease_until: null, fence: column('fence', '+', 1), attempts: column('attempts', '-', 1),
      }))
      .where('id', '=', command.id).where('fence', '=', command.fence),
  )
  return returned > 0
}

import { all, change, type Command } from '../command.ts'
import type { Lease } from '../dialect.ts'
import type { TakeDuty } from '../job.ts'
import type { Sql } from '../schema.ts'

/** A duty stands beside the jobs, in a state of its own: it is never due and never done, and only its lease is used. */
const keyOf = (duty: string): string => `duty/${duty}`

/** One statement: of those who ask at once for what nobody has, one is told that it is theirs. */
export function* takeDuty(db: Sql, { duty, owner, leaseMs, now }: TakeDuty): Command<boolean> {
  const lease: Lease = { owner, ms: leaseMs, now }
  const held = { lease_owner: owner, lease_until: db.dialect.leaseEnd(lease) }
  const taken = yield* all(
    db.insertInto('job')
      .values({
        ...held, id: keyOf(duty), key: keyOf(duty), kind: duty, tenant_id: '', user_id: '', payload: '{}', state: 'duty', run_at: 0, attempts: 0, fence: 0,
        last_error: null, created_at: now,
      })
      .onConflict((conflict) => conflict.column('key').doUpdateSet(held).where((column) => column.or([
        column('job.lease_owner', 'is', null), column('job.lease_owner', '=', owner), db.dialect.leaseOver(column.ref('job.lease_until'), lease),
      ])))
      .returning('id'),
  )
  return taken.length > 0
}

export function* leaveDuty(db: Sql, { duty, owner }: Pick<TakeDuty, 'duty' | 'owner'>): Command<void> {
  yield* change(db.updateTable('job').set({ lease_owner: null, lease_until: null }).where('key', '=', keyOf(duty)).where('lease_owner', '=', owner))
}

import type { EndAttempt, StartAttempt, Written } from '../store.ts'
import { change, first, type Command } from '../command.ts'
import type { Sql } from '../schema.ts'

/** Whether this fence still owns the turn, and goes on to until the commit. Every write of an owner asks first. */
export function* holdsFence(db: Sql, owner: { readonly turnId: string; readonly fence: number }): Command<boolean> {
  const turn = yield* first(
    db.selectFrom('turn').select('id').where('id', '=', owner.turnId).where('state', '=', 'running').where('fence', '=', owner.fence).$call(db.dialect.held),
  )
  return turn !== undefined
}

/** Committed before the provider is called, so that no call goes unrecorded. Said twice, it is one attempt. */
export function* startAttempt(db: Sql, command: StartAttempt): Command<Written> {
  if (!(yield* holdsFence(db, command))) return false
  yield* change(
    db.insertInto('attempt').values({
      turn_id: command.turnId, n: command.n, provider: command.provider, model: command.model, state: 'running',
      error: null, provider_status: null, usage: command.usage ? JSON.stringify(command.usage) : null, started_at: command.now, first_delta_at: null, ended_at: null,
    }).onConflict((same) => same.columns(['turn_id', 'n']).doNothing()),
  )
  return true
}

export function* endAttempt(db: Sql, command: EndAttempt): Command<Written> {
  if (!(yield* holdsFence(db, command))) return false
  yield* closeAttempt(db, command)
  return true
}

export function* closeAttempt(db: Sql, command: EndAttempt): Command<void> {
  yield* change(
    db.updateTable('attempt')
      .set({
        state: command.state, error: command.error, provider_status: command.providerStatus, first_delta_at: command.firstDeltaAt,
        usage: command.usage && JSON.stringify(command.usage), ended_at: command.now,
      })
      .where('turn_id', '=', command.turnId).where('n', '=', command.n),
  )
}

import { sql } from 'kysely'
import type { Actor } from '../../lib/actor.ts'
import { all, change, type Command } from '../command.ts'
import type { Lease } from '../dialect.ts'
import type { Sql } from '../schema.ts'
import type { HeldTurn } from '../store.ts'

/** No turn has it: with it in the list, the database is asked even where there is no turn to ask for. */
const nobodysId = ''

/** Says of turns that their process still runs them. Resolves with those that are not its own any more, for which nothing was said. */
export function* renewLeases(db: Sql, input: { readonly turns: readonly HeldTurn[]; readonly lease?: Lease }): Command<readonly string[]> {
  const held = yield* all(
    db.updateTable('turn').set({ lease_until: db.dialect.leaseEnd(input.lease ?? null) })
      .where('id', 'in', [nobodysId, ...input.turns.map(({ turnId }) => turnId)]).where('state', '=', sql.lit('running'))
      .where('owner', 'is not distinct from', input.lease?.owner ?? null)
      .returning(['id', 'fence']),
  )
  const fences = new Map(held.map(({ id, fence }) => [id, fence]))
  return input.turns.filter(({ turnId, fence }) => fences.get(turnId) !== fence).map(({ turnId }) => turnId)
}

/** Asks whoever runs the turn to end it. False: it does not run, is not there, or is not this actor's. */
export function* requestStop(db: Sql, input: { readonly actor: Actor; readonly turnId: string }): Command<boolean> {
  const asked = yield* change(
    db.updateTable('turn').set({ stop_requested: 1 })
      .where('id', '=', input.turnId).where('tenant_id', '=', input.actor.tenantId).where('user_id', '=', input.actor.userId)
      .where('state', '=', sql.lit('running')),
  )
  return asked > 0
}

import { sql } from 'kysely'
import type { AbandonedTurn } from '../store.ts'
import { all, type Command } from '../command.ts'
import type { Lease } from '../dialect.ts'
import { attemptFromRow, runningTurnFromRow } from '../rows.ts'
import type { Sql } from '../schema.ts'

/**
 * Takes over every turn whose owner is not there any more: raises its fence, so that nothing its owner still has in hand can be
 * written, and hands it over with what its log holds. A crash right after leaves it running under a higher fence, to be taken again.
 */
export function* claimAbandonedTurns(db: Sql, input: { readonly lease?: Lease }): Command<readonly AbandonedTurn[]> {
  const lease = input.lease ?? null
  const turns = yield* all(
    db.updateTable('turn')
      .set((column) => ({ fence: column('fence', '+', 1), owner: lease?.owner ?? null, lease_until: db.dialect.leaseEnd(lease) }))
      .where('id', 'in', (running) =>
        running.selectFrom('turn').select('turn.id').where('state', '=', sql.lit('running')).where((turn) => db.dialect.leaseOver(turn.ref('lease_until'), lease))
          .$call(db.dialect.heldOrSkipped),
      )
      .returningAll(),
  )
  if (turns.length === 0) return []
  const rows = yield* db.dialect.hotLog.rowsOf(db, turns)
  const abandoned: AbandonedTurn[] = []
  for (const turn of turns) {
    const attempts = yield* all(db.selectFrom('attempt').selectAll().where('turn_id', '=', turn.id).orderBy('n'))
    abandoned.push({ ...runningTurnFromRow(turn), rows: rows.get(turn.id) ?? [], attempts: attempts.map(attemptFromRow) })
  }
  return abandoned
}

import { sql } from 'kysely'
import type { AbandonedTurn, DeltaRow } from '../store.ts'
import { all, change, type Command } from '../command.ts'
import { attemptFromRow, runningTurnFromRow } from '../rows.ts'
import type { Sql } from '../schema.ts'

/**
 * Raises the fence of every running turn, so that nothing its dead owner still had in hand can be written, and hands the
 * turns over with what their logs hold. A crash right after leaves them running under a higher fence: the next start does it again.
 */
export function* claimAbandonedTurns(db: Sql): Command<readonly AbandonedTurn[]> {
  const turns = yield* all(db.selectFrom('turn').selectAll().where('state', '=', sql.lit('running')))
  if (turns.length === 0) return []
  yield* change(db.updateTable('turn').set((column) => ({ fence: column('fence', '+', 1) })).where('state', '=', sql.lit('running')))

  const start = Math.min(...turns.map((turn) => turn.log_start))
  const events = yield* all(db.selectFrom('turn_event').select(['turn_id', 'seq', 'kind', 'payload']).where('id', '>', start).orderBy('id'))
  const rows = Map.groupBy(events, (event) => event.turn_id)

  const abandoned: AbandonedTurn[] = []
  for (const turn of turns) {
    const attempts = yield* all(db.selectFrom('attempt').selectAll().where('turn_id', '=', turn.id).orderBy('n'))
    const logged: DeltaRow[] = (rows.get(turn.id) ?? []).map((event) => ({ seq: event.seq, kind: event.kind, text: event.payload }))
    abandoned.push({ ...runningTurnFromRow(turn), fence: turn.fence + 1, rows: logged, attempts: attempts.map(attemptFromRow) })
  }
  return abandoned
}

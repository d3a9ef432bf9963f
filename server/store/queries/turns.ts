import type { Part } from '#protocol/message.ts'
import type { Receipt, Turn } from '#protocol/turn.ts'
import type { Actor } from '../../lib/actor.ts'
import { all, first, type Command } from '../command.ts'
import { attemptFromRow, rowsFromLengths, turnFromRow } from '../rows.ts'
import type { Sql } from '../schema.ts'
import type { TurnLog, TurnTimeline } from '../store.ts'

function ownTurns(db: Sql, actor: Actor) {
  return db.selectFrom('turn')
    .innerJoin('conversation', 'conversation.id', 'turn.conversation_id').innerJoin('message', 'message.id', 'turn.response_id')
    .where('turn.tenant_id', '=', actor.tenantId).where('turn.user_id', '=', actor.userId).where('conversation.deleted_at', 'is', null)
    .selectAll('turn').select(['message.receipt', 'message.parts', 'message.row_lengths'])
}

interface TurnOfActor {
  readonly actor: Actor
  readonly turnId: string
  readonly epoch: string
}

export function* findTurn(db: Sql, input: TurnOfActor): Command<Turn | null> {
  const row = yield* first(ownTurns(db, input.actor).where('turn.id', '=', input.turnId))
  return row ? turnFromRow(row, row.receipt, input.epoch) : null
}

/** Hidden with its conversation; it stays in the database for those who account for what was spent. */
export function* findReceipt(db: Sql, input: { readonly actor: Actor; readonly turnId: string }): Command<Receipt | null> {
  const own = yield* first(ownTurns(db, input.actor).where('turn.id', '=', input.turnId))
  return own ? yield* receiptOf(db, own.id) : null
}

/** Whether a receipt of this id was written: a settlement's sign. */
export function* hasReceipt(db: Sql, input: { readonly id: string }): Command<boolean> {
  return (yield* first(db.selectFrom('receipt').select('id').where('id', '=', input.id))) !== undefined
}

/** For whoever has already made sure whose turn it is. */
function* receiptOf(db: Sql, turnId: string): Command<Receipt | null> {
  const row = yield* first(db.selectFrom('receipt').select('body').where('turn_id', '=', turnId))
  return row ? (JSON.parse(row.body) as Receipt) : null
}

/** The log after `after`: from the hot rows while the turn runs, from the message once it is closed. */
export function* readLog(db: Sql, input: TurnOfActor & { readonly after?: number }): Command<TurnLog | null> {
  const row = yield* first(ownTurns(db, input.actor).where('turn.id', '=', input.turnId))
  if (!row) return null
  const turn = turnFromRow(row, row.receipt, input.epoch)
  const after = input.after ?? 0
  if (row.row_lengths === null) return { turn, rows: yield* db.dialect.hotLog.rowsAfter(db, row, after), receipt: null }
  const rows = rowsFromLengths(JSON.parse(row.parts) as Part[], JSON.parse(row.row_lengths) as number[])
  return { turn, rows: rows.slice(after), receipt: yield* receiptOf(db, row.id) }
}

/** Those of these turns whose users asked for their end. */
export function* findStopRequests(db: Sql, input: { readonly turnIds: readonly string[] }): Command<readonly string[]> {
  if (input.turnIds.length === 0) return []
  const asked = yield* all(db.selectFrom('turn').select('id').where('id', 'in', input.turnIds).where('stop_requested', '=', 1))
  return asked.map(({ id }) => id)
}

/** For the operator's command line: whose turn it is does not narrow it. */
export function* readTimeline(db: Sql, input: { readonly turnId: string; readonly epoch: string }): Command<TurnTimeline | null> {
  const row = yield* first(
    db.selectFrom('turn').innerJoin('message', 'message.id', 'turn.response_id').selectAll('turn').select('message.receipt').where('turn.id', '=', input.turnId),
  )
  if (!row) return null
  const attempts = yield* all(db.selectFrom('attempt').selectAll().where('turn_id', '=', input.turnId).orderBy('n'))
  return {
    turn: turnFromRow(row, row.receipt, input.epoch), tenantId: row.tenant_id, userId: row.user_id,
    attempts: attempts.map(attemptFromRow), receipt: yield* receiptOf(db, row.id), loggedRows: yield* countLoggedRows(db, row),
  }
}

/** What a follower has been sent so far: the hot rows while the turn runs, every row and the terminal event once it is closed. */
function* countLoggedRows(db: Sql, turn: { readonly id: string; readonly state: string; readonly log_start: number; readonly last_seq: number }): Command<number> {
  return turn.state === 'running' ? (yield* db.dialect.hotLog.rowsAfter(db, turn, 0)).length : turn.last_seq
}

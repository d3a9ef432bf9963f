import { sql } from 'kysely'
import type { ReceiptSummary } from '#protocol/turn.ts'
import type { SettleTurn, Written } from '../store.ts'
import { change, type Command } from '../command.ts'
import type { Sql } from '../schema.ts'
import { closeAttempt } from './attempts.ts'

/** Closes a turn once: answer, receipt, attempt and state in one commit, or nothing when another writer was first. */
export function* settleTurn(db: Sql, command: SettleTurn): Command<Written> {
  const { receipt } = command
  const failure = command.failure && JSON.stringify(command.failure)
  const closed = yield* change(
    db.updateTable('turn')
      .set({ state: command.outcome, failure, last_seq: command.rowLengths.length + 1, closed_at: command.now })
      .where('id', '=', command.turnId).where('state', '=', 'running').where('fence', '=', command.fence),
  )
  if (closed === 0) return false

  if (command.attempt) yield* closeAttempt(db, command.attempt)
  yield* change(
    db.updateTable('message')
      .set({
        parts: JSON.stringify(command.parts), outcome: command.outcome, failure, receipt: JSON.stringify(summaryOf(command)),
        row_lengths: JSON.stringify(command.rowLengths), estimated_tokens: command.estimatedTokens,
        path_tokens: sql<number>`path_tokens + ${command.estimatedTokens}`,
      })
      .where('id', '=', receipt.response_id),
  )
  yield* change(
    db.insertInto('receipt').columns(['id', 'turn_id', 'tenant_id', 'user_id', 'version', 'body', 'created_at']).expression(
      db.selectFrom('turn').select((column) => [
        column.val(receipt.id).as('id'), 'turn.id as turn_id', 'tenant_id', 'user_id',
        column.val(receipt.version).as('version'), column.val(JSON.stringify(receipt)).as('body'), column.val(command.now).as('created_at'),
      ]).where('turn.id', '=', command.turnId),
    ),
  )
  yield* change(
    db.updateTable('conversation')
      .set({ running_turn_id: null, rev: sql<number>`rev + 1`, updated_at: command.now, ...(command.outcome !== 'stopped' && { unread: 1 }) })
      .where('id', '=', receipt.conversation_id).where('running_turn_id', '=', command.turnId),
  )
  return true
}

function summaryOf({ receipt }: SettleTurn): ReceiptSummary {
  return {
    receipt_id: receipt.id, provider: receipt.provider, model: receipt.model, requested_model: receipt.requested_model,
    usage: receipt.usage, cost: receipt.cost, confidence: receipt.confidence, reasoning_ms: receipt.timings.reasoning_ms ?? null, total_ms: receipt.timings.total_ms,
  }
}

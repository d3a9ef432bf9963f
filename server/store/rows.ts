/** From rows of the tables to the shapes of the wire and of the port. */
import type { Selectable } from 'kysely'
import type { Conversation } from '#protocol/conversation.ts'
import type { Message, Part, Rating } from '#protocol/message.ts'
import type { Attempt, Failure, Outcome, ReceiptSummary, Turn, Usage } from '#protocol/turn.ts'
import { isoTime } from '../lib/clock.ts'
import type { AttemptTable, ConversationTable, MessageTable, TurnTable } from './schema.ts'
import type { DeltaRow, RunningTurn } from './store.ts'

export function conversationFromRow(row: Selectable<ConversationTable>): Conversation {
  return {
    id: row.id, title: row.title, agent_id: row.agent_id, memory_mode: row.memory_mode, archived: row.archived === 1,
    pinned: row.pinned === 1, unread: row.unread === 1, running_turn_id: row.running_turn_id, leaf_id: row.newest_message_id,
    rev: row.rev, created_at: isoTime(row.created_at), updated_at: isoTime(row.updated_at),
  }
}

/** `receipt` is the summary that the turn's answer carries; null while it runs. */
export function turnFromRow(row: Selectable<TurnTable>, receipt: string | null, epoch: string): Turn {
  return {
    id: row.id, conversation_id: row.conversation_id, message_id: row.message_id, response_id: row.response_id,
    client_message_id: row.client_message_id, agent_id: row.agent_id, requested_model: row.requested_model, version: row.version, state: row.state as Turn['state'], epoch,
    last: row.last_seq, failure: parsed<Failure>(row.failure), receipt: summaryFrom(receipt),
    created_at: isoTime(row.created_at), closed_at: row.closed_at === null ? null : isoTime(row.closed_at),
  }
}

export function runningTurnFromRow(row: Selectable<TurnTable>): RunningTurn {
  return {
    actor: { tenantId: row.tenant_id, userId: row.user_id }, turnId: row.id, conversationId: row.conversation_id, messageId: row.message_id,
    responseId: row.response_id, clientMessageId: row.client_message_id, agentId: row.agent_id, requestedModel: row.requested_model,
    temperature: row.temperature, language: row.language, fence: row.fence, openedAt: row.created_at,
  }
}

export function messageFromRow(row: Selectable<MessageTable> & { readonly client_message_id: string | null }): Message {
  const parts = JSON.parse(row.parts) as Part[]
  return {
    id: row.id, conversation_id: row.conversation_id, parent_id: row.parent_id, version: row.version, role: row.role, agent_id: row.agent_id,
    turn_id: row.turn_id, client_message_id: row.role === 'user' ? row.client_message_id : null, parts, content: textOf(parts),
    outcome: row.outcome as Outcome | null, failure: parsed<Failure>(row.failure), receipt: summaryFrom(row.receipt),
    rating: parsed<Rating>(row.rating), created_at: isoTime(row.created_at),
  }
}

export function attemptFromRow(row: Selectable<AttemptTable>): Attempt {
  return {
    n: row.n, provider: row.provider, model: row.model, state: row.state as Attempt['state'], error: row.error as Attempt['error'],
    provider_status: row.provider_status, started_at: isoTime(row.started_at),
    first_delta_at: row.first_delta_at === null ? null : isoTime(row.first_delta_at),
    ended_at: row.ended_at === null ? null : isoTime(row.ended_at), usage: parsed<Usage>(row.usage),
  }
}

export function textOf(parts: readonly Part[]): string {
  return parts.filter((part) => part.type === 'text').map((part) => part.text).join('')
}

/** The rows of a compacted log: the answer's parts, cut where they were cut when they were first committed. */
export function rowsFromLengths(parts: readonly Part[], rowLengths: readonly number[]): readonly DeltaRow[] {
  const whole = parts.map((part) => part.text).join('')
  let end = 0
  return rowLengths.map((length, i) => {
    const start = end
    end += Math.abs(length)
    return { seq: i + 1, kind: length < 0 ? 'reasoning' : 'text', text: whole.slice(start, end) }
  })
}

/** Summaries that were written before a figure was known do not name it. */
function summaryFrom(json: string | null): ReceiptSummary | null {
  const summary = parsed<ReceiptSummary>(json)
  return summary && { ...summary, reasoning_ms: summary.reasoning_ms ?? null }
}

function parsed<T>(json: string | null): T | null {
  return json === null ? null : (JSON.parse(json) as T)
}

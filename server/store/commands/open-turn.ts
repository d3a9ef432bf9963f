import { sql } from 'kysely'
import type { OpenedTurn, OpenTurn, RunningTurn } from '../store.ts'
import { all, change, first, type Command } from '../command.ts'
import { turnFromRow } from '../rows.ts'
import type { Sql } from '../schema.ts'

/** The write-ahead of a turn: user message, turn and empty answer in one commit. Only what this resolves with may be acknowledged. */
export function* openTurn(db: Sql, command: OpenTurn & { readonly epoch: string }): Command<OpenedTurn> {
  const { tenantId, userId } = command.actor

  const earlier = yield* first(
    db.selectFrom('turn').selectAll().where('tenant_id', '=', tenantId).where('user_id', '=', userId).where('client_message_id', '=', command.clientMessageId),
  )
  if (earlier) {
    const same = earlier.request_hash === command.requestHash && (command.conversationId ?? earlier.conversation_id) === earlier.conversation_id
    if (!same) return { kind: 'reused_id', turnId: earlier.id }
    const receipt = yield* first(db.selectFrom('message').select('receipt').where('id', '=', earlier.response_id))
    return { kind: 'repeated', turn: turnFromRow(earlier, receipt?.receipt ?? null, command.epoch) }
  }

  if (command.runningLimit !== null) {
    const running = yield* all(
      db.selectFrom('turn').select('id').where('tenant_id', '=', tenantId).where('user_id', '=', userId).where('state', '=', sql.lit('running')),
    )
    if (running.length >= command.runningLimit) return { kind: 'too_many_turns' }
  }

  const conversationId = command.conversationId ?? command.newConversationId
  if (command.conversationId === null) yield* insertConversation(db, command)
  const conversation = yield* first(
    db.selectFrom('conversation').selectAll()
      .where('id', '=', conversationId).where('tenant_id', '=', tenantId).where('user_id', '=', userId).where('deleted_at', 'is', null),
  )
  if (!conversation) return { kind: 'conversation_not_found' }
  if (conversation.running_turn_id !== null) return { kind: 'turn_running', turnId: conversation.running_turn_id }

  const agentId = command.agentId ?? conversation.agent_id
  const parent = conversation.newest_message_id === null ? undefined : yield* first(
    db.selectFrom('message').select(['id', 'path_tokens', 'depth']).where('id', '=', conversation.newest_message_id),
  )
  const shared = { tenant_id: tenantId, user_id: userId, conversation_id: conversationId, turn_id: command.turnId, version: 1, format: 1, created_at: command.now, failure: null, receipt: null, row_lengths: null, outcome: null }
  const depth = parent ? parent.depth + 1 : 0
  const pathTokens = (parent?.path_tokens ?? 0) + command.estimatedTokens
  yield* change(
    db.insertInto('message').values([
      { ...shared, id: command.messageId, position: conversation.message_count, parent_id: parent?.id ?? null, role: 'user', agent_id: null,
        parts: JSON.stringify([{ type: 'text', text: command.content }]), estimated_tokens: command.estimatedTokens, path_tokens: pathTokens, depth },
      { ...shared, id: command.responseId, position: conversation.message_count + 1, parent_id: command.messageId, role: 'assistant', agent_id: agentId,
        parts: '[]', estimated_tokens: 0, path_tokens: pathTokens, depth: depth + 1 },
    ]),
  )
  yield* change(
    db.insertInto('turn').values({
      id: command.turnId, tenant_id: tenantId, user_id: userId, conversation_id: conversationId, client_message_id: command.clientMessageId,
      request_hash: command.requestHash, message_id: command.messageId, response_id: command.responseId, agent_id: agentId,
      requested_model: command.requestedModel, temperature: command.temperature, language: command.language, version: 1, state: 'running', fence: 1,
      log_start: sql<number>`(select coalesce(max(seq), 0) from sqlite_sequence where name = 'turn_event')`,
      last_seq: 0, failure: null, created_at: command.now, closed_at: null,
    }),
  )
  yield* change(
    db.updateTable('conversation')
      .set({
        agent_id: agentId, running_turn_id: command.turnId, newest_message_id: command.responseId,
        message_count: conversation.message_count + 2, title: conversation.title ?? command.title, rev: conversation.rev + 1, updated_at: command.now,
      })
      .where('id', '=', conversationId),
  )
  return { kind: 'opened', newConversation: command.conversationId === null, turn: runningTurn(command, conversationId, agentId) }
}

function* insertConversation(db: Sql, command: OpenTurn): Command<void> {
  yield* change(
    db.insertInto('conversation').values({
      id: command.newConversationId, tenant_id: command.actor.tenantId, user_id: command.actor.userId, title: command.title,
      agent_id: command.agentId ?? command.defaultAgentId, memory_mode: command.memoryMode, archived: 0, running_turn_id: null,
      newest_message_id: null, message_count: 0, rev: 0, created_at: command.now, updated_at: command.now, deleted_at: null,
    }),
  )
}

function runningTurn(command: OpenTurn, conversationId: string, agentId: string): RunningTurn {
  return {
    actor: command.actor, turnId: command.turnId, conversationId, messageId: command.messageId, responseId: command.responseId,
    clientMessageId: command.clientMessageId, agentId, requestedModel: command.requestedModel, temperature: command.temperature,
    language: command.language, fence: 1, openedAt: command.now,
  }
}

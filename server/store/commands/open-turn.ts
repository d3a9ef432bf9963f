import { sql, type Selectable } from 'kysely'
import type { OpenedTurn, OpenTurn, RunningTurn } from '../store.ts'
import { all, change, first, type Command } from '../command.ts'
import type { Lease } from '../dialect.ts'
import { turnFromRow } from '../rows.ts'
import type { Sql, TurnTable } from '../schema.ts'

/** The write-ahead of a turn: user message, turn and empty answer in one commit. Only what this resolves with may be acknowledged. */
export function* openTurn(db: Sql, command: OpenTurn & { readonly epoch: string; readonly lease?: Lease }): Command<OpenedTurn> {
  const { tenantId, userId } = command.actor
  yield* db.dialect.queueUp(command.actor)

  const earlier = yield* first(
    db.selectFrom('turn').selectAll().where('tenant_id', '=', tenantId).where('user_id', '=', userId).where('client_message_id', '=', command.clientMessageId),
  )
  if (earlier) {
    if (!(yield* isSameQuestion(db, command, earlier))) return { kind: 'reused_id', turnId: earlier.id }
    const receipt = yield* first(db.selectFrom('message').select('receipt').where('id', '=', earlier.response_id))
    return { kind: 'repeated', turn: turnFromRow(earlier, receipt?.receipt ?? null, command.epoch) }
  }

  if (command.runningLimit !== null) {
    const running = yield* all(
      db.selectFrom('turn').select('id').where('tenant_id', '=', tenantId).where('user_id', '=', userId).where('state', '=', sql.lit('running')),
    )
    if (running.length >= command.runningLimit) return { kind: 'too_many_turns' }
  }

  const hangsOnMessage = command.answersMessageId !== null || typeof command.parentId === 'string'
  if (command.conversationId === null && hangsOnMessage) return { kind: 'message_not_found' }
  const conversationId = command.conversationId ?? command.newConversationId
  if (command.conversationId === null) yield* insertConversation(db, command)
  const conversation = yield* first(
    db.selectFrom('conversation').selectAll()
      .where('id', '=', conversationId).where('tenant_id', '=', tenantId).where('user_id', '=', userId).where('deleted_at', 'is', null)
      .$call(db.dialect.held),
  )
  if (!conversation) return { kind: 'conversation_not_found' }
  if (conversation.running_turn_id !== null) return { kind: 'turn_running', turnId: conversation.running_turn_id }

  const agentId = command.agentId ?? conversation.agent_id
  const question = command.answersMessageId === null
    ? yield* insertQuestion(db, command, conversation)
    : yield* findQuestion(db, command, conversationId)
  if (!question) return { kind: 'message_not_found' }
  const version = yield* insertEmptyAnswer(db, command, { conversationId, agentId, question })
  yield* change(
    db.insertInto('turn').values({
      id: command.turnId, tenant_id: tenantId, user_id: userId, conversation_id: conversationId, client_message_id: command.clientMessageId,
      request_hash: command.requestHash, message_id: question.id, response_id: command.responseId, agent_id: agentId,
      requested_model: command.requestedModel, temperature: command.temperature, language: command.language, version, state: 'running', fence: 1,
      owner: command.lease?.owner ?? null, lease_until: db.dialect.leaseEnd(command.lease ?? null), log_start: db.dialect.hotLog.start(),
      last_seq: 0, failure: null, created_at: command.now, closed_at: null,
    }),
  )
  yield* change(
    db.updateTable('conversation')
      .set({
        agent_id: agentId, running_turn_id: command.turnId, newest_message_id: command.responseId,
        message_count: question.position + 2, title: conversation.title ?? command.title, rev: conversation.rev + 1, updated_at: command.now,
        unread: 0,
      })
      .where('id', '=', conversationId),
  )
  return { kind: 'opened', newConversation: command.conversationId === null, turn: runningTurn(command, conversationId, question.id, agentId) }
}

/** What was asked is in the hash; here is where it was asked. A question that is asked again has the message of another turn. */
function* isSameQuestion(db: Sql, command: OpenTurn, earlier: Selectable<TurnTable>): Command<boolean> {
  const sameWords = earlier.request_hash === command.requestHash && (command.conversationId ?? earlier.conversation_id) === earlier.conversation_id
  const question = yield* first(db.selectFrom('message').select(['turn_id', 'parent_id']).where('id', '=', earlier.message_id))
  if (!sameWords || !question) return sameWords
  if (question.turn_id !== earlier.id) return command.answersMessageId === earlier.message_id
  return command.answersMessageId === null && (command.parentId === undefined || command.parentId === question.parent_id)
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

/** The user message that a turn answers. `position` is the last one taken in its conversation. */
interface AskedMessage {
  readonly id: string
  readonly position: number
  readonly pathTokens: number
  readonly depth: number
}

const untold = { outcome: null, failure: null, receipt: null, row_lengths: null, format: 1 }

/** Null: there is no such answer to hang it on. */
function* insertQuestion(db: Sql, command: OpenTurn, conversation: { readonly id: string; readonly newest_message_id: string | null; readonly message_count: number }): Command<AskedMessage | null> {
  const parentId = command.parentId === undefined ? conversation.newest_message_id : command.parentId
  const parent = parentId === null ? undefined : yield* first(
    db.selectFrom('message').select(['id', 'path_tokens', 'depth']).where('id', '=', parentId).where('conversation_id', '=', conversation.id).where('role', '=', 'assistant'),
  )
  if (parentId !== null && !parent) return null
  const siblings = yield* all(db.selectFrom('message').select('id').where('conversation_id', '=', conversation.id).where('parent_id', parentId === null ? 'is' : '=', parentId))
  const question = {
    id: command.messageId, position: conversation.message_count,
    pathTokens: (parent?.path_tokens ?? 0) + command.estimatedTokens, depth: parent ? parent.depth + 1 : 0,
  }
  yield* change(
    db.insertInto('message').values({
      ...untold, id: question.id, tenant_id: command.actor.tenantId, user_id: command.actor.userId, conversation_id: conversation.id,
      position: question.position, parent_id: parentId, version: siblings.length + 1, role: 'user', agent_id: null, turn_id: command.turnId,
      parts: JSON.stringify([{ type: 'text', text: command.content }]), estimated_tokens: command.estimatedTokens,
      path_tokens: question.pathTokens, depth: question.depth, created_at: command.now,
    }),
  )
  return question
}

function* findQuestion(db: Sql, command: OpenTurn, conversationId: string): Command<AskedMessage | null> {
  const found = yield* first(
    db.selectFrom('message').innerJoin('conversation', 'conversation.id', 'message.conversation_id')
      .select(['message.id', 'message.path_tokens', 'message.depth', 'conversation.message_count'])
      .where('message.id', '=', command.answersMessageId).where('message.conversation_id', '=', conversationId).where('message.role', '=', 'user'),
  )
  return found ? { id: found.id, position: found.message_count - 1, pathTokens: found.path_tokens, depth: found.depth } : null
}

/** The place where the answer will stand; resolves with its version among the answers to the same question. */
function* insertEmptyAnswer(
  db: Sql,
  command: OpenTurn,
  place: { readonly conversationId: string; readonly agentId: string; readonly question: AskedMessage },
): Command<number> {
  const { question } = place
  const siblings = yield* all(db.selectFrom('turn').select('id').where('message_id', '=', question.id))
  const version = siblings.length + 1
  yield* change(
    db.insertInto('message').values({
      ...untold, id: command.responseId, tenant_id: command.actor.tenantId, user_id: command.actor.userId, conversation_id: place.conversationId,
      position: question.position + 1, parent_id: question.id, version, role: 'assistant', agent_id: place.agentId, turn_id: command.turnId,
      parts: '[]', estimated_tokens: 0, path_tokens: question.pathTokens, depth: question.depth + 1, created_at: command.now,
    }),
  )
  return version
}

function runningTurn(command: OpenTurn, conversationId: string, messageId: string, agentId: string): RunningTurn {
  return {
    actor: command.actor, turnId: command.turnId, conversationId, messageId, responseId: command.responseId,
    clientMessageId: command.clientMessageId, agentId, requestedModel: command.requestedModel, temperature: command.temperature,
    language: command.language, fence: 1, openedAt: command.now,
  }
}

/** What a command says that found the turn it had made itself, in a try whose answer was lost: that it opened it. */
export function openedBefore(command: OpenTurn, opened: OpenedTurn): OpenedTurn {
  if (opened.kind !== 'repeated' || opened.turn.id !== command.turnId || opened.turn.state !== 'running') return opened
  const { conversation_id, message_id, agent_id } = opened.turn
  return { kind: 'opened', newConversation: command.conversationId === null, turn: runningTurn(command, conversation_id, message_id, agent_id) }
}

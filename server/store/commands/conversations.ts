import { sql } from 'kysely'
import type { Conversation, MemoryMode } from '#protocol/conversation.ts'
import type { Actor } from '../../lib/actor.ts'
import { change, first, type Command } from '../command.ts'
import { conversationFromRow } from '../rows.ts'
import type { Sql } from '../schema.ts'
import type { ConversationChange } from '../store.ts'
import { enqueue } from './jobs.ts'
import { purgeJob, purgeKey, undoMs } from './purge.ts'

interface CreateConversation {
  readonly actor: Actor
  readonly id: string
  readonly title: string | null
  readonly agentId: string
  readonly memoryMode: MemoryMode
  readonly now: number
}

export function* createConversation(db: Sql, command: CreateConversation): Command<Conversation> {
  const row = yield* first(
    db.insertInto('conversation')
      .values({
        id: command.id, tenant_id: command.actor.tenantId, user_id: command.actor.userId, title: command.title, agent_id: command.agentId,
        memory_mode: command.memoryMode, archived: 0, running_turn_id: null, newest_message_id: null, message_count: 0, rev: 1,
        created_at: command.now, updated_at: command.now, deleted_at: null,
      })
      .returningAll(),
  )
  return conversationFromRow(row!)
}

interface ChangeConversation extends ConversationChange {
  readonly actor: Actor
  readonly id: string
}

/** Null: not there, or not this actor's. What is changed keeps its place among the others. */
export function* changeConversation(db: Sql, command: ChangeConversation): Command<Conversation | null> {
  const leafId = command.leafId === undefined ? undefined : yield* leafBelow(db, command.id, command.leafId)
  if (leafId === null) return null
  const row = yield* first(
    db.updateTable('conversation')
      .set({
        rev: sql<number>`rev + 1`,
        ...(command.title !== undefined && { title: command.title }),
        ...(command.archived !== undefined && { archived: command.archived ? 1 : 0 }),
        ...(command.pinned !== undefined && { pinned: command.pinned ? 1 : 0 }),
        ...(command.unread !== undefined && { unread: command.unread ? 1 : 0 }),
        ...(leafId !== undefined && { newest_message_id: leafId }),
      })
      .where('id', '=', command.id).where('tenant_id', '=', command.actor.tenantId).where('user_id', '=', command.actor.userId).where('deleted_at', 'is', null)
      .returningAll(),
  )
  return row ? conversationFromRow(row) : null
}

/** The newest message that hangs below this one, or itself; null where it is not of this conversation. */
function* leafBelow(db: Sql, conversationId: string, messageId: string): Command<string | null> {
  const newest = yield* first(
    db.withRecursive('below', (recursive) =>
      recursive.selectFrom('message').select(['id', 'position']).where('id', '=', messageId).where('conversation_id', '=', conversationId)
        .unionAll(
          recursive.selectFrom('below').innerJoin('message', 'message.parent_id', 'below.id')
            .select(['message.id', 'message.position']).where('message.conversation_id', '=', conversationId),
        ),
    ).selectFrom('below').select('id').orderBy('position', 'desc').limit(1),
  )
  return newest?.id ?? null
}

interface DeleteConversation {
  readonly actor: Actor
  readonly id: string
  readonly now: number
}

/** Hides the conversation, and in the same commit asks for its purge. A turn that runs in it goes on to its end. */
export function* deleteConversation(db: Sql, command: DeleteConversation): Command<boolean> {
  const changed = yield* change(
    db.updateTable('conversation')
      .set({ deleted_at: command.now, rev: sql<number>`rev + 1` })
      .where('id', '=', command.id).where('tenant_id', '=', command.actor.tenantId).where('user_id', '=', command.actor.userId).where('deleted_at', 'is', null),
  )
  if (changed === 0) return false
  yield* enqueue(db, purgeJob({ id: command.id, actor: command.actor, deletedAt: command.now, now: command.now }))
  return true
}

/**
 * Undoes a deletion, as long as its time is not over and its purge has not begun. One that is not deleted is as it was asked to be.
 * Null: not there, not this actor's, or too late.
 */
export function* restoreConversation(db: Sql, command: DeleteConversation): Command<Conversation | null> {
  const { tenantId, userId } = command.actor
  const own = yield* first(
    db.selectFrom('conversation').selectAll().where('id', '=', command.id).where('tenant_id', '=', tenantId).where('user_id', '=', userId)
      .$call(db.dialect.held),
  )
  if (!own || own.deleted_at === null) return own ? conversationFromRow(own) : null
  const purge = yield* first(db.selectFrom('job').select('attempts').where('key', '=', purgeKey(own.id)).$call(db.dialect.held))
  if (own.deleted_at <= command.now - undoMs || (purge && purge.attempts > 0)) return null
  yield* change(db.deleteFrom('job').where('key', '=', purgeKey(own.id)))
  const row = yield* first(
    db.updateTable('conversation').set({ deleted_at: null, rev: own.rev + 1 }).where('id', '=', own.id).returningAll(),
  )
  return row ? conversationFromRow(row) : null
}

/** The first conversation bound to a session stays bound, unless it was deleted since; resolves with the one that is. */
export function* bindSession(db: Sql, command: { readonly actor: Actor; readonly sessionId: string; readonly conversationId: string }): Command<string> {
  const { tenantId: tenant_id, userId: user_id } = command.actor
  const bound = yield* first(
    db.selectFrom('emergence_session').innerJoin('conversation', 'conversation.id', 'emergence_session.conversation_id').select('conversation_id')
      .where('emergence_session.tenant_id', '=', tenant_id).where('emergence_session.user_id', '=', user_id)
      .where('session_id', '=', command.sessionId).where('deleted_at', 'is', null),
  )
  if (bound) return bound.conversation_id
  yield* change(
    db.insertInto('emergence_session')
      .values({ tenant_id, user_id, session_id: command.sessionId, conversation_id: command.conversationId })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id', 'session_id']).doUpdateSet({ conversation_id: command.conversationId })),
  )
  return command.conversationId
}

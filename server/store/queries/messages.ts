import type { Message } from '#protocol/message.ts'
import type { Actor } from '../../lib/actor.ts'
import { all, first, type Command } from '../command.ts'
import { messageFromRow } from '../rows.ts'
import type { Sql } from '../schema.ts'
import type { Page, PageRequest } from '../store.ts'
import { ownConversations } from './conversations.ts'

export function ownMessages(db: Sql, actor: Actor) {
  return db.selectFrom('message')
    .innerJoin('conversation', 'conversation.id', 'message.conversation_id').innerJoin('turn', 'turn.id', 'message.turn_id')
    .where('message.tenant_id', '=', actor.tenantId).where('message.user_id', '=', actor.userId).where('conversation.deleted_at', 'is', null)
    .selectAll('message').select('turn.client_message_id')
}

export function* findMessage(db: Sql, input: { readonly actor: Actor; readonly id: string }): Command<Message | null> {
  const row = yield* first(ownMessages(db, input.actor).where('message.id', '=', input.id))
  return row ? messageFromRow(row) : null
}

/** Oldest first. A page is found by its positions: the last one costs what the first one does. */
export function* listMessages(
  db: Sql,
  input: { readonly actor: Actor; readonly conversationId: string; readonly page: PageRequest },
): Command<Page<Message> | null> {
  const { page, perPage } = input.page
  const conversation = yield* first(ownConversations(db, input.actor).select('message_count').where('id', '=', input.conversationId))
  if (!conversation) return null
  const start = (page - 1) * perPage
  const rows = yield* all(
    ownMessages(db, input.actor).where('message.conversation_id', '=', input.conversationId)
      .where('message.position', '>=', start).where('message.position', '<', start + perPage).orderBy('message.position'),
  )
  return { items: rows.map(messageFromRow), total: conversation.message_count }
}

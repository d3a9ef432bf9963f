import type { Conversation } from '#protocol/conversation.ts'
import type { Actor } from '../../lib/actor.ts'
import { all, first, type Command } from '../command.ts'
import { conversationFromRow } from '../rows.ts'
import type { Sql } from '../schema.ts'
import type { Page, PageRequest } from '../store.ts'

/** Conversations of this actor that are not deleted: what every query of this file starts from. */
export function ownConversations(db: Sql, actor: Actor) {
  return db.selectFrom('conversation').where('conversation.tenant_id', '=', actor.tenantId).where('conversation.user_id', '=', actor.userId).where('conversation.deleted_at', 'is', null)
}

export function* findConversation(db: Sql, input: { readonly actor: Actor; readonly id: string }): Command<Conversation | null> {
  const row = yield* first(ownConversations(db, input.actor).selectAll().where('id', '=', input.id))
  return row ? conversationFromRow(row) : null
}

export function* findSessionConversation(db: Sql, input: { readonly actor: Actor; readonly sessionId: string }): Command<string | null> {
  const row = yield* first(
    ownConversations(db, input.actor)
      .innerJoin('emergence_session', 'emergence_session.conversation_id', 'conversation.id').select('conversation.id')
      .where('emergence_session.tenant_id', '=', input.actor.tenantId).where('emergence_session.user_id', '=', input.actor.userId)
      .where('session_id', '=', input.sessionId),
  )
  return row?.id ?? null
}

/** Pinned first, then newest first. */
export function* listConversations(
  db: Sql,
  input: { readonly actor: Actor; readonly page: PageRequest & { readonly archived: boolean } },
): Command<Page<Conversation>> {
  const { page, perPage, archived } = input.page
  const own = ownConversations(db, input.actor).where('archived', '=', archived ? 1 : 0)
  const counted = yield* first(own.select((column) => column.fn.countAll<number>().as('total')))
  const rows = yield* all(own.selectAll().orderBy('pinned', 'desc').orderBy('updated_at', 'desc').orderBy('id', 'desc').limit(perPage).offset((page - 1) * perPage))
  return { items: rows.map(conversationFromRow), total: Number(counted?.total ?? 0) }
}

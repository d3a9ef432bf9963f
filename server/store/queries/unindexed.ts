import type { Part } from '#protocol/message.ts'
import { documentTerms } from '../../lib/search/document-terms.ts'
import { all, type Command } from '../command.ts'
import { textOf } from '../rows.ts'
import type { Sql } from '../schema.ts'
import { unindexedMessage, unindexedTitle } from '../search-conditions.ts'
import type { PreparedDocument } from '../search-index.ts'

/** Documents of one slice, and the tokens of the messages among them: a few milliseconds of taking apart here, and of the writer. */
const sliceDocuments = 16
const sliceTokens = 6_000

/**
 * What waits to be indexed, taken apart here, in the thread that reads. The newest come first, so that what was said just now is
 * found while years of earlier messages still wait.
 */
export function* readUnindexed(db: Sql): Command<readonly PreparedDocument[]> {
  return [...(yield* unindexedTitles(db)), ...(yield* unindexedMessages(db))]
}

/** Everything is after 1970: the comparison lets the engine walk the partial index from its end. */
const ever = -1

function* unindexedTitles(db: Sql): Command<readonly PreparedDocument[]> {
  const rows = yield* all(
    db.selectFrom('conversation').select(['id', 'tenant_id', 'user_id', 'title', 'created_at'])
      .where(unindexedTitle).where('updated_at', '>', ever).orderBy('updated_at', 'desc').limit(sliceDocuments),
  )
  return rows.map((row) => ({
    actor: { tenantId: row.tenant_id, userId: row.user_id }, kind: 'title', conversationId: row.id, messageId: null, title: row.title,
    createdAt: row.created_at, ...documentTerms(row.title ?? ''),
  }))
}

function* unindexedMessages(db: Sql): Command<readonly PreparedDocument[]> {
  const waiting = yield* all(
    db.selectFrom('message').select(['id', 'estimated_tokens'])
      .where(unindexedMessage).where('created_at', '>', ever).orderBy('created_at', 'desc').limit(sliceDocuments),
  )
  const ids = firstTokens(waiting)
  if (ids.length === 0) return []
  const rows = yield* all(db.selectFrom('message').select(['id', 'tenant_id', 'user_id', 'conversation_id', 'role', 'parts', 'created_at']).where('id', 'in', ids))
  return rows.map((row) => ({
    actor: { tenantId: row.tenant_id, userId: row.user_id }, kind: row.role, conversationId: row.conversation_id, messageId: row.id, title: null,
    createdAt: row.created_at, ...documentTerms(textOf(JSON.parse(row.parts) as Part[])),
  }))
}

/** The first of them whose tokens fit a slice, one at least. */
function firstTokens(waiting: readonly { readonly id: string; readonly estimated_tokens: number }[]): readonly string[] {
  let tokens = 0
  const end = waiting.findIndex((message, n) => (tokens += message.estimated_tokens) > sliceTokens && n > 0)
  return (end < 0 ? waiting : waiting.slice(0, end)).map((message) => message.id)
}

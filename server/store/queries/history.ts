import { sql } from 'kysely'
import type { Part } from '#protocol/message.ts'
import type { Actor } from '../../lib/actor.ts'
import { all, first, type Command } from '../command.ts'
import { textOf } from '../rows.ts'
import type { Sql } from '../schema.ts'
import type { History } from '../store.ts'

/** When history overflows it is cut in steps of this share, so that its beginning, and the providers' caches of it, hold for many turns. */
const cutShare = 0.4

interface HistoryRow {
  readonly id: string
  readonly role: 'user' | 'assistant'
  readonly parts: string
  readonly estimated_tokens: number
  readonly depth: number
}

/**
 * The exchanges above `messageId`. Every message knows the tokens of its path, so where to begin follows from the last
 * message alone, and the walk up touches only what it returns.
 */
export function* readHistory(
  db: Sql,
  input: { readonly actor: Actor; readonly conversationId: string; readonly messageId: string; readonly tokens: number },
): Command<History> {
  const question = yield* first(
    db.selectFrom('message').select(['parent_id', 'path_tokens', 'depth']).where('id', '=', input.messageId)
      .where('conversation_id', '=', input.conversationId).where('tenant_id', '=', input.actor.tenantId).where('user_id', '=', input.actor.userId),
  )
  if (!question || question.parent_id === null) return { messages: [], leftOut: 0 }
  const step = Math.max(1, Math.floor(input.tokens * cutShare))
  const start = Math.ceil(Math.max(0, question.path_tokens - input.tokens) / step) * step
  const rows = yield* all(walkUp(db, question.parent_id, start))
  const oldestFirst = [...rows].reverse()
  const firstQuestion = oldestFirst.findIndex((row) => row.role === 'user')
  const kept = firstQuestion < 0 ? [] : oldestFirst.slice(firstQuestion)
  return {
    leftOut: question.depth - kept.length,
    messages: kept.map((row) => ({ id: row.id, role: row.role, content: textOf(JSON.parse(row.parts) as Part[]), estimatedTokens: row.estimated_tokens })),
  }
}

/** From `id` along parents, as long as a message begins at or after `start` tokens of its path. */
function walkUp(db: Sql, id: string, start: number) {
  return db
    .withRecursive('path', (recursive) =>
      recursive.selectFrom('message').select(['id', 'parent_id', 'role', 'parts', 'estimated_tokens', 'depth', sql<number>`path_tokens - estimated_tokens`.as('begins')])
        .where('id', '=', id).where(sql<boolean>`path_tokens - estimated_tokens >= ${start}`)
        .unionAll(
          recursive.selectFrom('path').innerJoin('message', 'message.id', 'path.parent_id')
            .select(['message.id', 'message.parent_id', 'message.role', 'message.parts', 'message.estimated_tokens', 'message.depth', sql<number>`message.path_tokens - message.estimated_tokens`.as('begins')])
            .where(sql<boolean>`message.path_tokens - message.estimated_tokens >= ${start}`),
        ),
    )
    .selectFrom('path').select(['id', 'role', 'parts', 'estimated_tokens', 'depth']).orderBy('depth', 'desc').$castTo<HistoryRow>()
}

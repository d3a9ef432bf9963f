import { sql } from 'kysely'
import { limits } from '#protocol/limits.ts'
import type { Actor } from '../../lib/actor.ts'
import { all, change, first, type Command } from '../command.ts'
import type { NewJob, Slice } from '../job.ts'
import type { Sql } from '../schema.ts'
import type { PlannedUpTo } from '../store.ts'
import { forgetDocuments } from './drop-documents.ts'
import { enqueue } from './jobs.ts'

/** How long a deleted conversation can be brought back. */
export const undoMs = limits.undoDays * 86_400_000

/** What one slice takes away at most: rows, and bytes of what was said. A millisecond or two of the writer. */
const sliceRows = 50
const sliceBytes = 256 * 1024
/** Hidden conversations looked at in one slice of planning. */
const plannedRows = 20

export const purgeKey = (conversationId: string): string => `purge/${conversationId}`

export function purgeJob(deleted: { readonly id: string; readonly actor: Actor; readonly deletedAt: number; readonly now: number }): NewJob {
  const { id, actor, deletedAt, now } = deleted
  return { kind: 'purge', key: purgeKey(id), actor, payload: { conversation_id: id }, runAt: deletedAt + undoMs, now }
}

interface PurgeConversation {
  readonly actor: Actor
  readonly id: string
  readonly now: number
}

/**
 * Takes away a slice of a conversation that was deleted long enough ago: its messages, then its turns with their attempts, then
 * what the search knows of it (last, because a message that is there might be indexed still), its sessions and itself. Rows that may be left in the hot log belong to no turn then, and are compacted away. Receipts stay. One
 * that was brought back, or is gone already, is left as it is. Throws before its time, and while a turn runs in it.
 */
export function* purgeConversation(db: Sql, command: PurgeConversation): Command<Slice> {
  const { id, actor, now } = command
  const conversation = yield* first(
    db.selectFrom('conversation').select(['running_turn_id', 'deleted_at'])
      .where('id', '=', id).where('tenant_id', '=', actor.tenantId).where('user_id', '=', actor.userId).$call(db.dialect.held),
  )
  if (!conversation || conversation.deleted_at === null) return 'done'
  if (conversation.deleted_at > now - undoMs) throw new Error('it can still be brought back')
  if (conversation.running_turn_id !== null) throw new Error('a turn still runs in it')
  if ((yield* purgeMessages(db, id)) || (yield* purgeTurns(db, id)) || (yield* forgetDocuments(db, { conversationId: id, limit: sliceRows }))) return 'more'
  yield* change(db.deleteFrom('emergence_session').where('conversation_id', '=', id))
  yield* change(db.deleteFrom('conversation').where('id', '=', id))
  return 'done'
}

/** The oldest first, at least one. Their sizes are known without reading them. */
function* purgeMessages(db: Sql, conversationId: string): Command<boolean> {
  const oldest = yield* all(
    db.selectFrom('message').select(['position', sql<number>`octet_length(parts)`.as('bytes')])
      .where('conversation_id', '=', conversationId).orderBy('position').limit(sliceRows),
  )
  if (oldest.length === 0) return false
  let bytes = 0
  const taken = oldest.filter((message, i) => (bytes += Number(message.bytes)) <= sliceBytes || i === 0)
  yield* change(db.deleteFrom('message').where('conversation_id', '=', conversationId).where('position', '<=', taken.at(-1)!.position))
  return true
}

function* purgeTurns(db: Sql, conversationId: string): Command<boolean> {
  const turns = yield* all(db.selectFrom('turn').select('id').where('conversation_id', '=', conversationId).limit(sliceRows))
  if (turns.length === 0) return false
  const ids = turns.map(({ id }) => id)
  yield* change(db.deleteFrom('attempt').where('turn_id', 'in', ids))
  yield* change(db.deleteFrom('turn').where('id', 'in', ids))
  return true
}

/**
 * Enqueues the purge of hidden conversations that have none, because a version without jobs hid them, or that was given up, a slice a
 * call. Resolves with where the next slice starts; null at the end.
 */
export function* planPurges(db: Sql, command: { readonly after: PlannedUpTo | null; readonly now: number }): Command<PlannedUpTo | null> {
  const after = command.after ?? { deletedAt: 0, id: '' }
  const hidden = yield* all(
    db.selectFrom('conversation').leftJoin('job', (join) => join.on('job.key', '=', sql`${sql.lit(purgeKey(''))} || conversation.id`))
      .select(['conversation.id', 'conversation.tenant_id', 'conversation.user_id', 'conversation.deleted_at', 'job.state'])
      .where('deleted_at', 'is not', null).where('deleted_at', '>=', after.deletedAt)
      .where((column) => column.or([column('deleted_at', '>', after.deletedAt), column('conversation.id', '>', after.id)]))
      .orderBy('deleted_at').orderBy('conversation.id').limit(plannedRows),
  )
  for (const { id, tenant_id, user_id, deleted_at } of hidden.filter(({ state }) => state === null || state === 'dead')) {
    yield* enqueue(db, purgeJob({ id, actor: { tenantId: tenant_id, userId: user_id }, deletedAt: deleted_at!, now: command.now }))
  }
  const last = hidden.at(-1)
  return last && hidden.length === plannedRows ? { deletedAt: last.deleted_at!, id: last.id } : null
}

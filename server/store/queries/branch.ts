import { sql } from 'kysely'
import type { BranchMessage } from '#protocol/message.ts'
import type { Actor } from '../../lib/actor.ts'
import { all, first, type Command } from '../command.ts'
import { conversationFromRow, messageFromRow } from '../rows.ts'
import type { Sql } from '../schema.ts'
import type { Branch, BranchPlace } from '../store.ts'
import { ownConversations } from './conversations.ts'
import { ownMessages } from './messages.ts'
import { padded } from './padded.ts'

interface ReadBranch {
  readonly actor: Actor
  readonly conversationId: string
  readonly place: BranchPlace
}

/**
 * A piece of the branch that the conversation shows, oldest first. Reading above a message costs what is returned; reading around
 * or below one goes up from the branch's end. Null: the conversation is not there, or has no such message, or is not this actor's.
 */
export function* readBranch(db: Sql, { actor, conversationId, place }: ReadBranch): Command<Branch | null> {
  const conversation = yield* first(ownConversations(db, actor).selectAll().where('id', '=', conversationId))
  if (!conversation) return null
  const { newest_message_id: leafId } = conversation
  const ids = leafId === null ? (place.id === undefined ? [] : null) : yield* idsOf(db, conversationId, leafId, place)
  if (!ids) return null
  return { conversation: conversationFromRow(conversation), messages: yield* branchMessages(db, actor, conversationId, ids, place.limit) }
}

/** The ids of the piece, newest first. Null: the message that is named is not of this conversation. */
function* idsOf(db: Sql, conversationId: string, leafId: string, place: BranchPlace): Command<readonly string[] | null> {
  if (place.id === undefined) return yield* idsUp(db, leafId, place.limit)
  const named = yield* findPlace(db, conversationId, place.id)
  if (!named) return null
  if (place.side === 'before') return named.parent_id === null ? [] : yield* idsUp(db, named.parent_id, place.limit)
  const leaf = (yield* findPlace(db, conversationId, leafId))!
  const below = leaf.depth - named.depth
  const above = place.side === 'around' ? Math.floor(place.limit / 2) : 0
  const ids = below < 0 ? [] : yield* idsUp(db, leafId, Math.max(below + 1 + above, place.limit))
  // On another branch: what is shown is read from its end.
  if (ids[below] !== named.id) return yield* idsUp(db, leafId, place.limit)
  const end = place.side === 'after' ? below : Math.min(ids.length, below + 1 + above)
  const start = Math.max(0, end - place.limit)
  return place.side === 'after' ? ids.slice(start, end) : ids.slice(start, start + place.limit)
}

function findPlace(db: Sql, conversationId: string, id: string) {
  return first(db.selectFrom('message').select(['id', 'parent_id', 'depth']).where('id', '=', id).where('conversation_id', '=', conversationId))
}

/** From `id` up along parents, `id` first. */
function* idsUp(db: Sql, id: string, limit: number): Command<readonly string[]> {
  const path = yield* all(
    db.withRecursive('path', (recursive) =>
      recursive.selectFrom('message').select(['id', 'parent_id', sql<number>`1`.as('n')]).where('id', '=', id)
        .unionAll(
          recursive.selectFrom('path').innerJoin('message', 'message.id', 'path.parent_id')
            .select(['message.id', 'message.parent_id', sql<number>`path.n + 1`.as('n')]).where('path.n', '<', limit),
        ),
    ).selectFrom('path').select(['id', 'n']),
  )
  return [...path].sort((a, b) => a.n - b.n).map((step) => step.id)
}

function* branchMessages(db: Sql, actor: Actor, conversationId: string, ids: readonly string[], limit: number): Command<readonly BranchMessage[]> {
  if (ids.length === 0) return []
  const rows = yield* all(ownMessages(db, actor).where('message.id', 'in', padded(ids, limit, '')))
  const read = new Map(rows.map((row) => [row.id, row]))
  const oldestFirst = [...ids].reverse().flatMap((id) => read.get(id) ?? [])
  const siblings = yield* siblingsUnder(db, conversationId, oldestFirst.map((row) => row.parent_id), limit)
  return oldestFirst.map((row) => ({ ...messageFromRow(row), sibling_ids: [...(siblings.get(row.parent_id) ?? [row.id])] }))
}

/** For each parent the ids of what hangs on it, in the order of versions; under null what begins the conversation. */
function* siblingsUnder(db: Sql, conversationId: string, parents: readonly (string | null)[], limit: number): Command<ReadonlyMap<string | null, readonly string[]>> {
  const children = db.selectFrom('message').select(['id', 'parent_id', 'version']).where('conversation_id', '=', conversationId)
  const named = parents.filter((id) => id !== null)
  const found = [
    ...(yield* all(children.where('parent_id', 'in', padded(named, limit, '')))),
    ...(named.length < parents.length ? yield* all(children.where('parent_id', 'is', null)) : []),
  ]
  const groups = Map.groupBy([...found].sort((a, b) => a.version - b.version || (a.id < b.id ? -1 : 1)), (row) => row.parent_id)
  return new Map([...groups].map(([parent, rows]) => [parent, rows.map((row) => row.id)]))
}

import { sql } from 'kysely'
import type { Message, Rating } from '#protocol/message.ts'
import type { Actor } from '../../lib/actor.ts'
import { all, change, first, type Command } from '../command.ts'
import { findMessage } from '../queries/messages.ts'
import { findTurn } from '../queries/turns.ts'
import type { Sql } from '../schema.ts'
import type { RatedTurn } from '../store.ts'

export interface RateTurn {
  readonly actor: Actor
  readonly turnId: string
  /** Null takes it back. */
  readonly rating: Rating | null
  readonly now: number
}

/** Adds a row to what the user thinks of an answer, and shows it on the message; the receipt stays as it is. The same once more changes nothing. */
export function* rateTurn(db: Sql, command: RateTurn): Command<RatedTurn> {
  const { actor, turnId } = command
  const turn = yield* findTurn(db, { actor, turnId, epoch: '' })
  if (!turn) return { kind: 'not_found' }
  // Two ratings of one answer come one after the other.
  yield* first(db.selectFrom('turn').select('id').where('id', '=', turnId).$call(db.dialect.held))
  const answer = (yield* findMessage(db, { actor, id: turn.response_id }))!
  if (turn.state === 'running') return { kind: 'turn_running' }
  if (isSame(answer, command.rating)) return { kind: 'rated', message: answer, changed: false }

  const earlier = yield* all(db.selectFrom('rating').select('n').where('turn_id', '=', turnId))
  yield* change(
    db.insertInto('rating').values({
      turn_id: turnId, n: earlier.length + 1, tenant_id: actor.tenantId, user_id: actor.userId,
      rating: command.rating?.rating ?? null, reason: command.rating?.reason ?? null, created_at: command.now,
    }),
  )
  yield* change(db.updateTable('message').set({ rating: command.rating && JSON.stringify(command.rating) }).where('id', '=', turn.response_id))
  yield* change(db.updateTable('conversation').set({ rev: sql<number>`rev + 1` }).where('id', '=', turn.conversation_id))
  return { kind: 'rated', message: { ...answer, rating: command.rating }, changed: true }
}

function isSame({ rating }: Message, other: Rating | null): boolean {
  return rating?.rating === other?.rating && rating?.reason === other?.reason
}

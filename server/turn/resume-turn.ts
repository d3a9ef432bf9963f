import type { Message } from '#protocol/message.ts'
import type { Actor } from '../lib/actor.ts'
import type { Store } from '../store/store.ts'
import { findFollowed, type FollowDeps, type FollowedTurn } from './follow-turn.ts'
import { partsOfRows } from './turn-events.ts'

/** Where a follower goes on. */
export interface Resumed {
  readonly followed: FollowedTurn
  /** The seq after which events follow. */
  readonly after: number
  /** Null where the cursor was good: exactly the events after it follow. Else the whole answer so far; what follows comes after it. */
  readonly message: Message | null
}

/**
 * Takes up a turn at a cursor. A cursor of another epoch, or one that is ahead of the log, is of another life: it is
 * answered with the whole message, never with a silent gap. Null: no such turn, or not this actor's.
 */
export async function resumeTurn(
  deps: FollowDeps & { readonly store: Pick<Store, 'findMessage'> },
  actor: Actor,
  cursor: { readonly turnId: string; readonly epoch: string | null; readonly after: number },
): Promise<Resumed | null> {
  const followed = await findFollowed(deps, actor, cursor.turnId)
  if (!followed) return null
  const known = cursor.after === 0 || ((cursor.epoch ?? followed.epoch) === followed.epoch && cursor.after <= followed.last)
  if (known) return { followed, after: cursor.after, message: null }
  const stored = await deps.store.findMessage(actor, followed.responseId)
  if (!stored) return null
  const hasEnded = followed.last > 0 && followed.eventAt(followed.last).type !== 'chat.delta'
  return { followed, ...(hasEnded && stored.outcome !== null ? { after: followed.last, message: stored } : soFar(stored, followed)) }
}

/**
 * The answer as far as the log is shown. The stored message may be ahead of it: a settlement is on disk a moment before it
 * is shown, and what is still to be shown follows. Taken in one go: `after` and the text belong together.
 */
function soFar(message: Message, followed: FollowedTurn): { readonly after: number; readonly message: Message } {
  const events = Array.from({ length: followed.last }, (_, i) => followed.eventAt(i + 1))
  const deltas = events.flatMap((event) => (event.type === 'chat.delta' ? [{ kind: event.payload.kind, text: event.payload.delta }] : []))
  const parts = partsOfRows(deltas)
  const content = parts.filter((part) => part.type === 'text').map((part) => part.text).join('')
  return { after: deltas.length, message: { ...message, parts, content, outcome: null, failure: null, receipt: null } }
}

import type { Turn } from '#protocol/turn.ts'
import type { Actor } from '../lib/actor.ts'
import type { Store } from '../store/store.ts'
import { findFollowed, type FollowDeps } from '../turn/follow-turn.ts'

/** A turn with how far its log has come. The store's row of a running one does not say: its process does, and its log. */
export async function showTurn(deps: FollowDeps & { readonly store: Pick<Store, 'findTurn'> }, actor: Actor, turn: Turn): Promise<Turn> {
  if (turn.state !== 'running') return turn
  const followed = await findFollowed(deps, actor, turn.id)
  if (!followed) return turn
  // Elsewhere it may have been closed since it was read.
  return (followed.closed ? await deps.store.findTurn(actor, turn.id) : null) ?? { ...turn, last: followed.last }
}

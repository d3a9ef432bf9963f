import type { Turn } from '#protocol/turn.ts'
import type { Actor } from '../lib/actor.ts'
import type { LiveTurns } from '../turn/live-turns.ts'

/** While a turn runs here, how far its log has come is known here before the store is asked. */
export function showTurn(deps: { readonly liveTurns: LiveTurns }, actor: Actor, turn: Turn): Turn {
  const live = deps.liveTurns.find(actor, turn.id)
  return live && turn.state === 'running' ? { ...turn, last: live.last } : turn
}

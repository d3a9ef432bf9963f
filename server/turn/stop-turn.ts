import type { Turn } from '#protocol/turn.ts'
import type { Actor } from '../lib/actor.ts'
import type { TurnDeps } from './turn-deps.ts'

/**
 * Stops a turn, from wherever it is asked: one that runs in another process is told through the store. A turn that is closed
 * stays as it is. Null: no such turn, or not this actor's.
 */
export async function stopTurn(deps: Pick<TurnDeps, 'store' | 'bus' | 'liveTurns'>, actor: Actor, turnId: string): Promise<Turn | null> {
  const live = deps.liveTurns.find(actor, turnId)
  if (live) live.end({ kind: 'stopped' })
  else if (await deps.store.requestStop(actor, turnId)) {
    deps.bus.signal({ kind: 'turn-stop', turnId })
    // Where it was opened here, its opening is on disk and still on its way back to whoever asked.
    await deps.liveTurns.opened()
    deps.liveTurns.find(actor, turnId)?.end({ kind: 'stopped' })
  }
  return deps.store.findTurn(actor, turnId)
}

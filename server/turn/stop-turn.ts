import type { Turn } from '#protocol/turn.ts'
import type { Actor } from '../lib/actor.ts'
import type { Store } from '../store/store.ts'
import type { LiveTurns } from './live-turns.ts'

/** Stops a turn, from wherever it is asked. A turn that is closed stays as it is. Null: no such turn, or not this actor's. */
export async function stopTurn(deps: { readonly store: Store; readonly liveTurns: LiveTurns }, actor: Actor, turnId: string): Promise<Turn | null> {
  const live = deps.liveTurns.find(actor, turnId)
  live?.end({ kind: 'stopped' })
  const turn = await deps.store.findTurn(actor, turnId)
  if (!live && turn?.state === 'running') {
    // Its opening is on disk and still on its way back to whoever asked.
    await deps.liveTurns.opened()
    deps.liveTurns.find(actor, turnId)?.end({ kind: 'stopped' })
  }
  return turn
}

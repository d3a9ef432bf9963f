import type { TurnDeps } from './turn-deps.ts'

/**
 * Lets running turns finish for `graceMs`, then interrupts what is left, and resolves when every turn is settled. Nothing new
 * may be opened any more.
 */
export async function endTurns(deps: Pick<TurnDeps, 'liveTurns' | 'clock'>, graceMs: number): Promise<void> {
  // What was let in at the last moment counts as running.
  await deps.liveTurns.opened()
  const cancel = deps.clock.after(graceMs, () => {
    for (const live of deps.liveTurns.all()) live.end({ kind: 'failed', code: 'server_stopped' })
  })
  await deps.liveTurns.idle()
  cancel()
}

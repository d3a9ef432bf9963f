import type { TurnDeps } from './turn-deps.ts'

/** How long a follower's word counts; it is said again in a third of that. */
const wordMs = 15_000

/** Rings for each row of a turn of this process while somebody in another follows it, until the returned function is called. */
export function ringFollowers({ bus, clock, liveTurns }: Pick<TurnDeps, 'bus' | 'clock' | 'liveTurns'>): () => Promise<void> {
  const rung = new Map<string, () => void>()

  const ringFor = (turnId: string) => {
    rung.get(turnId)?.()
    const live = liveTurns.running(turnId)
    if (!live) return
    const stopListening = live.onChange(() => bus.signal({ kind: 'turn-grew', turnId }))
    const cancel = clock.after(wordMs, () => rung.get(turnId)?.())
    rung.set(turnId, () => {
      stopListening()
      cancel()
      rung.delete(turnId)
    })
  }
  const stopHearing = bus.hear(({ kind, turnId }) => {
    if (kind === 'turn-followed') ringFor(turnId)
  })

  return async () => {
    stopHearing()
    for (const stop of [...rung.values()]) stop()
  }
}

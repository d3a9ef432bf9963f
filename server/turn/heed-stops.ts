import type { TurnDeps } from './turn-deps.ts'

/** Between two looks for stops of which no word came. */
const lookMs = 1000

/** Ends turns of this process whose users asked for it elsewhere, until the returned function is called. */
export function heedStops(deps: Pick<TurnDeps, 'store' | 'bus' | 'clock' | 'events' | 'liveTurns'>): () => Promise<void> {
  let stopped = false
  let cancel = () => {}
  let looking: Promise<void> = Promise.resolve()

  const look = async (turnIds: readonly string[]) => {
    if (turnIds.length === 0) return
    try {
      for (const turnId of await deps.store.findStopRequests(turnIds)) deps.liveTurns.running(turnId)?.end({ kind: 'stopped' })
    } catch (error) {
      deps.events.unexpected('looking for stops', error)
    }
  }
  const goOn = () => {
    cancel = deps.clock.after(lookMs, () => {
      looking = look(deps.liveTurns.all().map(({ turnId }) => turnId)).then(() => void (stopped || goOn()))
    })
  }
  const stopHearing = deps.bus.hear(({ kind, turnId }) => {
    if (kind === 'turn-stop' && deps.liveTurns.running(turnId)) void look([turnId])
  })
  goOn()

  return async () => {
    stopped = true
    stopHearing()
    cancel()
    await looking
  }
}

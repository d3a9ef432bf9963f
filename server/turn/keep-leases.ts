import { recoverTurns } from './recover-turns.ts'
import type { TurnDeps } from './turn-deps.ts'

/** Signs of life in the length of a lease: two may be lost. */
const signsPerLease = 3

/**
 * Says of the turns of this process that they are run, and closes those of processes that said so no more, until the returned
 * function is called.
 *
 * 1. Every third of a lease all turns that run here are renewed at once. One that is not this process's any more ends here:
 *    its provider is dropped, nothing of it is written or shown.
 * 2. Only who could renew its own looks for others: so nobody takes from itself what it was too slow to renew.
 * 3. Whoever could not reach the store looks for others a whole lease after it can again: they could not reach it either, and
 *    have as long to say that they live.
 */
export function keepLeases(deps: TurnDeps, leaseMs: number): () => Promise<void> {
  const { clock, events, liveTurns, store } = deps
  let stopped = false
  let cancel = () => {}
  let renewing: Promise<unknown> = Promise.resolve()
  let recovering: Promise<unknown> | null = null
  let looksFrom = clock.monotonic()
  let reached = true

  const renew = async () => {
    const held = liveTurns.all().map(({ turn: { turnId, fence } }) => ({ turnId, fence }))
    for (const turnId of await store.renewLeases(held)) liveTurns.running(turnId)?.end({ kind: 'lease-lost' })
    if (!reached) looksFrom = clock.monotonic() + leaseMs
    reached = true
    // Not waited for: to settle a turn may take as long as the store is away.
    if (clock.monotonic() >= looksFrom) recovering ??= recoverTurns(deps).catch(failed('closing turns of others')).finally(() => (recovering = null))
  }
  const failed = (where: string) => (error: unknown) => {
    reached = false
    events.unexpected(where, error)
  }
  const goOn = () => {
    cancel = clock.after(leaseMs / signsPerLease, () => {
      renewing = renew().catch(failed('renewing leases')).then(() => void (stopped || goOn()))
    })
  }
  goOn()

  return async () => {
    stopped = true
    cancel()
    await renewing
    await recovering
  }
}

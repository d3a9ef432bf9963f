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
 */
export function keepLeases(deps: TurnDeps, leaseMs: number): () => Promise<void> {
  let stopped = false
  let cancel = () => {}
  let renewing: Promise<unknown> = Promise.resolve()
  let recovering: Promise<unknown> | null = null

  const unexpected = (where: string) => (error: unknown) => deps.events.unexpected(where, error)
  const renew = async () => {
    const held = deps.liveTurns.all().map(({ turn: { turnId, fence } }) => ({ turnId, fence }))
    for (const turnId of await deps.store.renewLeases(held)) deps.liveTurns.running(turnId)?.end({ kind: 'lease-lost' })
    // Not waited for: to settle a turn may take as long as the store is away.
    recovering ??= recoverTurns(deps).catch(unexpected('closing turns of others')).finally(() => (recovering = null))
  }
  const goOn = () => {
    cancel = deps.clock.after(leaseMs / signsPerLease, () => {
      renewing = renew().catch(unexpected('renewing leases')).then(() => void (stopped || goOn()))
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

import type { TurnDeps } from './turn-deps.ts'

/** Between rounds, and between the slices of a round: the writer is left to those who wait for it. */
const roundMs = 5000
const sliceMs = 20

/** Moves closed turns out of the hot log, a slice at a time, until the returned function is called. */
export function keepLogCompact(deps: Pick<TurnDeps, 'store' | 'clock' | 'events'>): () => Promise<void> {
  let stopped = false
  let cancel = () => {}
  let slice = Promise.resolve()

  const next = (after: number, milliseconds: number) => {
    if (stopped) return
    cancel = deps.clock.after(milliseconds, () => {
      slice = deps.store.compactLog(after).then(
        (reached) => next(reached ?? 0, reached === null ? roundMs : sliceMs),
        (error: unknown) => {
          deps.events.unexpected('compacting the log', error)
          next(0, roundMs)
        },
      )
    })
  }
  next(0, roundMs)

  return async () => {
    stopped = true
    cancel()
    await slice
  }
}

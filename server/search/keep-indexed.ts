import type { Bus } from '../bus/bus.ts'
import { Bell } from '../lib/bell.ts'
import { pause } from '../lib/pause.ts'
import type { BusinessEvents } from '../telemetry/events.ts'
import { indexSlice, type IndexDeps } from './index-messages.ts'

interface KeepIndexedDeps extends IndexDeps {
  readonly bus: Pick<Bus, 'subscribeAll'>
  readonly events: Pick<BusinessEvents, 'unexpected'>
}

/** Between looks where nothing was heard: word of a commit may get lost. */
const lookMs = 500
/** After word of a commit: what comes meanwhile shares its slice. */
const gatherMs = 50
/** Between slices: the writer is left to others. */
const sliceMs = 5
/** After a failure, such as a full disk. */
const failedMs = 5000

/**
 * Keeps the search up with what is said, until the signal comes: the duty `search`, of one process at a time. What waits is a row of the
 * commit that said it, so nothing is lost with a process. A message is found well within a second: when its turn was opened or
 * settled, here or in another process, the bus rings; whatever becomes of that, there is a look twice a second.
 */
export function keepIndexed(deps: KeepIndexedDeps): (signal: AbortSignal) => Promise<void> {
  return async (signal) => {
    const bell = new Bell()
    const stopListening = deps.bus.subscribeAll(() => bell.ring())
    while (!signal.aborted) {
      const found = await indexSlice(deps).catch((error: unknown) => {
        deps.events.unexpected('indexing for the search', error)
        return null
      })
      if (found === null) await pause(deps.clock, failedMs, signal)
      else if (found) await pause(deps.clock, sliceMs, signal)
      else if (await bell.heard(deps.clock, lookMs, signal)) await pause(deps.clock, gatherMs, signal)
    }
    stopListening()
  }
}

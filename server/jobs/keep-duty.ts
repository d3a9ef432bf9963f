import type { Clock } from '../lib/clock.ts'
import { pause } from '../lib/pause.ts'
import type { DutyStore } from '../store/job.ts'
import type { BusinessEvents } from '../telemetry/events.ts'

export interface DutyDeps {
  /** Null: no other process can have the data, so every duty is this one's. */
  readonly store: DutyStore & { readonly leaseMs: number | null }
  readonly clock: Clock
  readonly events: Pick<BusinessEvents, 'dutyTaken' | 'unexpected'>
  /** This process's name among those that share the database. */
  readonly owner: string
}

/** Goes on until the signal comes, and resolves then, when nothing of it is at work any more. It survives its own errors. */
export type DutyWork = (signal: AbortSignal) => Promise<void>

/** Signs of life in the length of a lease: two may be lost. */
const signsPerLease = 3

/**
 * Does work that one process of all does at a time, until the returned function is called.
 *
 * 1. Who does not have the duty asks for it three times in a lease: whoever has it may have died.
 * 2. Who has it says so as often. When it is another's, or could not be said for a whole lease, the work is stopped.
 * 3. Who ends lets it go, so that the next who asks need not wait for the lease.
 *
 * A process that stood still may do a little more before it learns that it lost the duty: the work must bear being done by two.
 */
export function keepDuty(deps: DutyDeps, duty: string, work: DutyWork): () => Promise<void> {
  const stopping = new AbortController()
  const { leaseMs } = deps.store
  const done = leaseMs === null ? work(stopping.signal) : keepByLease(deps, { duty, work, leaseMs }, stopping.signal)
  return async () => {
    stopping.abort()
    await done
  }
}

interface LeasedDuty {
  readonly duty: string
  readonly work: DutyWork
  readonly leaseMs: number
}

async function keepByLease(deps: DutyDeps, { duty, work, leaseMs }: LeasedDuty, stopping: AbortSignal): Promise<void> {
  const { store, clock, events, owner } = deps
  const tried = <T>(what: string, asked: Promise<T>) => asked.catch((error: unknown) => (events.unexpected(what, error), null))
  let held: HeldDuty | null = null
  let heldUntil = 0
  while (!stopping.aborted) {
    const askedAt = clock.monotonic()
    const isOurs = await tried(`taking the duty ${duty}`, store.takeDuty({ duty, owner, leaseMs, now: clock.now() }))
    if (isOurs) {
      heldUntil = askedAt + leaseMs
      if (!held) events.dutyTaken({ duty })
      held ??= begin(work)
    } else if (held && (isOurs === false || clock.monotonic() >= heldUntil)) {
      await held.end()
      held = null
    }
    await pause(clock, leaseMs / signsPerLease, stopping)
  }
  if (!held) return
  await held.end()
  await tried(`leaving the duty ${duty}`, store.leaveDuty({ duty, owner }))
}

interface HeldDuty {
  end(): Promise<void>
}

function begin(work: DutyWork): HeldDuty {
  const ending = new AbortController()
  const done = work(ending.signal)
  return {
    end() {
      ending.abort()
      return done
    },
  }
}

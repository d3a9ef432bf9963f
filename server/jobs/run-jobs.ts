import type { Clock } from '../lib/clock.ts'
import { pause } from '../lib/pause.ts'
import type { Job, JobStore, Slice } from '../store/job.ts'
import type { BusinessEvents, EndedJob } from '../telemetry/events.ts'

/** How jobs of one kind are done. What it does must bear being done again: a process may die between the work and its note of it. */
export interface JobHandler {
  /**
   * Does a bounded slice, at most a few milliseconds of the writer. The signal says that the job is not ours any more, or that we are
   * to end.
   */
  handle(job: Job, signal: AbortSignal): Promise<Slice>
  /** Once at start, in slices, before the first job: for what an earlier version left without one. */
  prepare?(): Promise<Slice>
}

/** One row for each kind of job that this process runs. */
export type JobHandlers = Readonly<Record<string, JobHandler>>

export interface JobDeps {
  readonly store: JobStore
  readonly clock: Clock
  readonly events: Pick<BusinessEvents, 'jobEnded' | 'jobsCounted' | 'unexpected'>
  /** Who leases, for an operator's eyes. */
  readonly owner: string
}

/** Jobs of one kind that are at work at a time. */
const atOnce = 4
/** A job whose owner has died is taken over after this. */
const leaseMs = 30_000
const heartbeatMs = leaseMs / 3
/** Between looks for jobs that are due. */
const roundMs = 500
/** Between slices: the writer is left to those who wait for it. */
const betweenSlicesMs = 10
const countMs = 15_000

/**
 * Runs jobs of these kinds until the returned function is called; it resolves when nothing is at work any more. Each kind has a
 * loop of its own, so that a long purge keeps no other kind waiting.
 */
export function runJobs(deps: JobDeps, handlers: JobHandlers): () => Promise<void> {
  const stopping = new AbortController()
  const loops = Object.entries(handlers).map(([kind, handler]) => runKind(deps, kind, handler, stopping.signal))
  const counting = countJobs(deps, Object.keys(handlers), stopping.signal)
  return async () => {
    stopping.abort()
    await Promise.all([...loops, counting])
  }
}

async function runKind(deps: JobDeps, kind: string, handler: JobHandler, stopping: AbortSignal): Promise<void> {
  await tried(deps, `preparing jobs of kind ${kind}`, () => inSlices(deps, async () => handler.prepare?.() ?? 'done', stopping))
  while (!stopping.aborted) {
    const asked = { kinds: [kind], limit: atOnce, owner: deps.owner, leaseMs, now: deps.clock.now() }
    const jobs = await tried(deps, 'taking jobs', () => deps.store.takeJobs(asked))
    await Promise.all((jobs ?? []).map((job) => tried(deps, `a job of kind ${kind}`, () => runJob(deps, handler, job, stopping))))
    if ((jobs?.length ?? 0) < atOnce) await pause(deps.clock, roundMs, stopping)
  }
}

/** One job from its lease to its end: the work first, then the note that it is done. */
async function runJob(deps: JobDeps, handler: JobHandler, job: Job, stopping: AbortSignal): Promise<void> {
  const { store, clock, events } = deps
  const ended = (outcome: EndedJob['outcome']) => events.jobEnded({ jobId: job.id, kind: job.kind, attempts: job.attempts, outcome })
  using lease = holdLease(deps, job)
  const signal = AbortSignal.any([stopping, lease.lost])
  try {
    const reached = await inSlices(deps, () => handler.handle(job, signal), signal)
    if (reached === 'done') return ended((await store.finishJob(job)) ? 'done' : 'lost')
    if (lease.lost.aborted) return ended('lost')
    ended((await store.returnJob(job)) ? 'returned' : 'lost')
  } catch (error) {
    events.unexpected(`a job of kind ${job.kind}`, error)
    const retried = await store.retryJob({ ...job, error: error instanceof Error ? error.message : String(error), now: clock.now() })
    ended(retried === 'waiting' ? 'retried' : retried)
  }
}

/** Slices with pauses between them, until one was the last or the signal comes. */
async function inSlices(deps: Pick<JobDeps, 'clock'>, slice: () => Promise<Slice>, signal: AbortSignal): Promise<Slice> {
  while (!signal.aborted) {
    if ((await slice()) === 'done') return 'done'
    await pause(deps.clock, betweenSlicesMs, signal)
  }
  return 'more'
}

/** Beats while the job is at work. When the lease cannot be kept, somebody else has the job. */
function holdLease({ store, clock, events }: JobDeps, job: Job): Disposable & { readonly lost: AbortSignal } {
  const lost = new AbortController()
  let ended = false
  let cancel = () => {}
  const beatLater = () => {
    cancel = clock.after(heartbeatMs, () => {
      store.keepJob({ id: job.id, fence: job.fence, leaseMs, now: clock.now() }).then(
        (kept) => {
          if (!kept) lost.abort()
          else if (!ended) beatLater()
        },
        (error: unknown) => {
          events.unexpected('keeping a job', error)
          if (!ended) beatLater()
        },
      )
    })
  }
  beatLater()
  return {
    lost: lost.signal,
    [Symbol.dispose]() {
      ended = true
      cancel()
    },
  }
}

async function countJobs(deps: JobDeps, kinds: readonly string[], stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    const counts = await tried(deps, 'counting jobs', () => deps.store.countJobs(kinds, deps.clock.now()))
    if (counts) deps.events.jobsCounted(counts)
    await pause(deps.clock, countMs, stopping)
  }
}

/** Null where it failed: that is told, and the next round tries again. */
async function tried<T>(deps: JobDeps, what: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    deps.events.unexpected(what, error)
    return null
  }
}

import type { Attempt } from '#protocol/turn.ts'
import { isoTime } from '../lib/clock.ts'
import type { EndAttempt, StartAttempt } from '../store/store.ts'

/** One call of a model as the receipt tells it. */
export function endedAttempt(started: StartAttempt, ended: EndAttempt): Attempt {
  return {
    n: started.n, provider: started.provider, model: started.model, state: ended.state, error: ended.error, provider_status: ended.providerStatus,
    started_at: isoTime(started.now), first_delta_at: ended.firstDeltaAt === null ? null : isoTime(ended.firstDeltaAt),
    ended_at: isoTime(ended.now), usage: ended.usage,
  }
}

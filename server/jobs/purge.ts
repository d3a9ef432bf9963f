import type { Clock } from '../lib/clock.ts'
import type { PlannedUpTo, Store } from '../store/store.ts'
import type { JobHandler } from './run-jobs.ts'

export interface PurgeDeps {
  readonly store: Pick<Store, 'purgeConversation' | 'planPurges'>
  readonly clock: Clock
}

/** What is deleted for good thirty days after it was hidden: a conversation with all that was said in it. */
export function purgeHandler({ store, clock }: PurgeDeps): JobHandler {
  let planned: PlannedUpTo | null = null
  return {
    handle: ({ actor, payload }) => store.purgeConversation({ actor, id: String(payload['conversation_id']), now: clock.now() }),
    async prepare() {
      planned = await store.planPurges({ after: planned, now: clock.now() })
      return planned === null ? 'done' : 'more'
    },
  }
}

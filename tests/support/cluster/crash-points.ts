import diagnostics from 'node:diagnostics_channel'
import type { LanguageModel } from '../../../server/models/language-model.ts'
import type { Store } from '../../../server/store/store.ts'
import type { FaultSwitches } from './fault-switches.ts'

/** The store as it is, with a place to die before and after each commit. */
export function storeWithCrashPoints(store: Store, switches: FaultSwitches): Store {
  return {
    ...store,
    async openTurn(command) {
      switches.reached('before-open')
      const opened = await store.openTurn(command)
      switches.reached('before-ack')
      return opened
    },
    async startAttempt(command) {
      const written = await store.startAttempt(command)
      switches.reached('attempt-started')
      return written
    },
    async appendDeltas(batches) {
      switches.reached('before-append')
      const lost = await store.appendDeltas(batches)
      switches.reached('before-publish')
      return lost
    },
    async settleTurn(command) {
      switches.reached('before-settle')
      const written = await store.settleTurn(command)
      switches.reached('before-terminal-shown')
      // During recovery, the same place: some turns are closed and the next ones are not.
      switches.reached('between-settlements')
      return written
    },
    async claimAbandonedTurns() {
      const turns = await store.claimAbandonedTurns()
      switches.reached('turns-claimed')
      return turns
    },
    async deleteConversation(command) {
      const deleted = await store.deleteConversation(command)
      switches.reached('deletion-committed')
      return deleted
    },
    async takeJobs(command) {
      const jobs = await store.takeJobs(command)
      if (jobs.length > 0) switches.reached('job-taken')
      return jobs
    },
    async purgeConversation(command) {
      const slice = await store.purgeConversation(command)
      switches.reached(slice === 'more' ? 'job-slice' : 'job-worked')
      return slice
    },
    async finishJob(command) {
      const finished = await store.finishJob(command)
      switches.reached('job-finished')
      return finished
    },
    async compactLog(after) {
      const reached = await store.compactLog(after)
      switches.reached('log-compacted')
      return reached
    },
  }
}

/** The model as it is, with a place to die when its first parts are there and nothing of them is written. */
export function modelWithCrashPoints(model: LanguageModel, switches: FaultSwitches): LanguageModel {
  return {
    ...model,
    async *stream(request, signal) {
      for await (const parts of model.stream(request, signal)) {
        switches.reached('first-part')
        yield parts
      }
    },
  }
}

/** Dies when the provider has taken the request and begun to answer. */
export function watchProviderConnections(switches: FaultSwitches): void {
  diagnostics.subscribe('undici:request:headers', () => switches.reached('provider-connected'))
}

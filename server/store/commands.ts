/** Every command by name: what a writer can be asked to do. */
import { addDocuments } from './commands/add-documents.ts'
import { appendDeltas } from './commands/append-deltas.ts'
import { endAttempt, startAttempt } from './commands/attempts.ts'
import { compactLog } from './commands/compact-log.ts'
import { bindSession, changeConversation, createConversation, deleteConversation, restoreConversation } from './commands/conversations.ts'
import { leaveDuty, takeDuty } from './commands/duties.ts'
import { finishJob, keepJob, retryJob, returnJob, takeJobs } from './commands/jobs.ts'
import { renewLeases, requestStop } from './commands/leases.ts'
import { finishMerge, forgetPostings, writePostings } from './commands/merge-documents.ts'
import { openTurn } from './commands/open-turn.ts'
import { planPurges, purgeConversation } from './commands/purge.ts'
import { readDurability } from './commands/read-durability.ts'
import { rateTurn } from './commands/rate-turn.ts'
import { claimAbandonedTurns } from './commands/recover-turns.ts'
import { settleTurn } from './commands/settle-turn.ts'

export const commands = {
  openTurn, startAttempt, endAttempt, appendDeltas, settleTurn, claimAbandonedTurns, renewLeases, requestStop, rateTurn, compactLog,
  createConversation, changeConversation, deleteConversation, restoreConversation, bindSession, readDurability,
  takeJobs, keepJob, finishJob, retryJob, returnJob, takeDuty, leaveDuty, planPurges, purgeConversation,
  addDocuments, writePostings, finishMerge, forgetPostings,
}

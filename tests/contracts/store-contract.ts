import { describe } from 'node:test'
import { conversationClauses } from './store/conversation-clauses.ts'
import { deletionClauses } from './store/deletion-clauses.ts'
import { historyClauses } from './store/history-clauses.ts'
import { jobClauses } from './store/job-clauses.ts'
import { logClauses } from './store/log-clauses.ts'
import { openTurnClauses } from './store/open-turn-clauses.ts'
import { ownershipClauses } from './store/ownership-clauses.ts'
import { recoveryClauses } from './store/recovery-clauses.ts'
import { searchClauses } from './store/search-clauses.ts'
import { settlementClauses } from './store/settlement-clauses.ts'
import { versionClauses } from './store/version-clauses.ts'
import { clausesFor, type OpenStore } from './store/clause.ts'

/**
 * What every store must do, whatever stands beneath it; the rules are docs/spec/store.md and docs/spec/jobs.md. `skipped` names rules that an
 * engine cannot be asked for, each with its reason.
 */
export function describeStore(name: string, openStore: OpenStore, skipped: Readonly<Record<string, string>> = {}): void {
  const clause = clausesFor(openStore, skipped)
  describe(`the store on ${name}`, () => {
    openTurnClauses(clause)
    versionClauses(clause)
    settlementClauses(clause)
    recoveryClauses(clause)
    logClauses(clause)
    historyClauses(clause)
    conversationClauses(clause)
    ownershipClauses(clause)
    searchClauses(clause)
    jobClauses(clause)
    deletionClauses(clause)
  })
}

/** Every query by name: what a reader can be asked. */
import { readBranch } from './queries/branch.ts'
import { findConversation, findSessionConversation, listConversations } from './queries/conversations.ts'
import { readHistory } from './queries/history.ts'
import { countJobs } from './queries/jobs.ts'
import { findMessage, listMessages } from './queries/messages.ts'
import { planForgetting } from './queries/plan-forgetting.ts'
import { planMerge } from './queries/plan-merge.ts'
import { searchConversations, searchMessages } from './queries/search.ts'
import { findReceipt, findStopRequests, findTurn, readLog, readTimeline } from './queries/turns.ts'
import { readUnindexed } from './queries/unindexed.ts'

export const queries = {
  findConversation, findSessionConversation, listConversations, findMessage, listMessages, readBranch,
  findTurn, findReceipt, findStopRequests, readLog, readHistory, readTimeline, countJobs,
  readUnindexed, planMerge, planForgetting, searchConversations, searchMessages,
}

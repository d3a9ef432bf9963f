/** Every query by name: what a reader can be asked. */
import { findConversation, findSessionConversation, listConversations } from './queries/conversations.ts'
import { readHistory } from './queries/history.ts'
import { countJobs } from './queries/jobs.ts'
import { findMessage, listMessages, scanUserMessages } from './queries/messages.ts'
import { findReceipt, findStopRequests, findTurn, readLog, readTimeline } from './queries/turns.ts'

export const queries = {
  findConversation, findSessionConversation, listConversations, findMessage, listMessages, scanUserMessages,
  findTurn, findReceipt, findStopRequests, readLog, readHistory, readTimeline, countJobs,
}

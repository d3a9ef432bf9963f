import { deleteConversation } from './delete-conversation.ts'
import { getAgents } from './get-agents.ts'
import { getConversationBranch } from './get-conversation-branch.ts'
import { getConversationMessages } from './get-conversation-messages.ts'
import { getConversation } from './get-conversation.ts'
import { getConversations } from './get-conversations.ts'
import { getDiagramFrame } from './get-diagram-frame.ts'
import { getHealth } from './get-health.ts'
import { getMetrics } from './get-metrics.ts'
import { getModels } from './get-models.ts'
import { getOpenapi } from './get-openapi.ts'
import { getPage } from './get-page.ts'
import { getReadyz } from './get-readyz.ts'
import { getTurnEvents } from './get-turn-events.ts'
import { getTurnReceipt } from './get-turn-receipt.ts'
import { getTurn } from './get-turn.ts'
import { patchConversation } from './patch-conversation.ts'
import { postConversationMessages } from './post-conversation-messages.ts'
import { postConversationRestore } from './post-conversation-restore.ts'
import { postConversations } from './post-conversations.ts'
import { postTurnEdit } from './post-turn-edit.ts'
import { postTurnRating } from './post-turn-rating.ts'
import { postTurnRegenerate } from './post-turn-regenerate.ts'
import { postTurnStop } from './post-turn-stop.ts'
import type { Route } from './route.ts'

/** Conversations, their messages, and the turns that answer them. */
export const chatRoutes: readonly Route[] = [
  getConversations,
  postConversations,
  getConversation,
  patchConversation,
  deleteConversation,
  postConversationRestore,
  getConversationMessages,
  postConversationMessages,
  getConversationBranch,
  getTurn,
  getTurnEvents,
  postTurnStop,
  postTurnRegenerate,
  postTurnEdit,
  postTurnRating,
  getTurnReceipt,
]

/** Where they are mounted: by their version, and by the name that older clients type. */
export const chatPrefixes = ['/api/v1/chat', '/api/chat'] as const

/** Everything else, as it stands. */
export const otherRoutes: readonly Route[] = [getOpenapi, getAgents, getModels, getHealth, getReadyz, getMetrics, getPage, getDiagramFrame]

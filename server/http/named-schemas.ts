import type { z } from 'zod'
import { Agent } from '#protocol/agent.ts'
import { clientFrames, serverFrames } from '#protocol/chat-frames.ts'
import { Conversation, SearchHit } from '#protocol/conversation.ts'
import { emergenceClientFrames, emergenceServerFrames } from '#protocol/emergence-frames.ts'
import { BranchMessage, Message, Part, Rating } from '#protocol/message.ts'
import { Model } from '#protocol/model.ts'
import { Pagination } from '#protocol/page-list.ts'
import { Problem, ProblemCode } from '#protocol/problem.ts'
import { ChatDelta, ChatDone, ChatFailed } from '#protocol/turn-events.ts'
import { Attempt, Failure, FailureCode, Outcome, Receipt, ReceiptSummary, Turn, Usage } from '#protocol/turn.ts'

/** What has a name in the description of the API. All of it goes out, never in: in and out a schema may look different. */
export const namedSchemas = {
  Agent, Attempt, BranchMessage, ChatDelta, ChatDone, ChatFailed, Conversation, Failure, FailureCode, Message, Model, Outcome, Pagination, Part, Problem, ProblemCode,
  Rating, Receipt, ReceiptSummary, SearchHit, Turn, Usage,
} as const

interface Wire {
  readonly description: string
  readonly client: Readonly<Record<string, z.ZodType>>
  readonly server: Readonly<Record<string, z.ZodType>>
}

/** The sockets' frames by type. */
export const socketFrames: Readonly<Record<string, Wire>> = {
  '/ws/v2/chat': {
    description: 'Client frames are {type, data}, server frames {type, id, timestamp, payload}; each as JSON text. Here: data and payload by type.',
    client: clientFrames, server: serverFrames,
  },
  '/ws/{session_id}': {
    description: 'The ÉMERGENCE wire: client frames are {type, data} or {type, payload}, server frames {type, payload}; each as JSON text. Here: what is inside, by type.',
    client: emergenceClientFrames, server: emergenceServerFrames,
  },
}

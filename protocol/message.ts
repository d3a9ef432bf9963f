import { z } from 'zod'
import { Conversation } from './conversation.ts'
import { limits } from './limits.ts'
import { ClientMessageId, Id, Text, Timestamp } from './primitives.ts'
import { Failure, Outcome, ReceiptSummary, Turn } from './turn.ts'

/** A piece of a stored message. */
export const Part = z.object({ type: z.enum(['text', 'reasoning']), text: z.string() })
export type Part = z.infer<typeof Part>

/** What the user thinks of an answer, and why. A later one replaces it here; all are kept. */
export const Rating = z.object({ rating: z.enum(['up', 'down']), reason: z.string().nullable() })
export type Rating = z.infer<typeof Rating>

/**
 * One stored utterance. Messages form a tree: an answer's parent is the user message it answers, a user message's
 * parent is the answer before it. Siblings are versions, counted from 1. An answer whose turn still runs has outcome
 * null and no parts yet: its text comes from the turn's log.
 */
export const Message = z.object({
  id: Id,
  conversation_id: Id,
  parent_id: Id.nullable(),
  version: z.int(),
  role: z.enum(['user', 'assistant']),
  agent_id: z.string().nullable(),
  turn_id: Id,
  client_message_id: z.string().nullable(),
  parts: z.array(Part),
  /** The text parts joined. */
  content: z.string(),
  outcome: Outcome.nullable(),
  failure: Failure.nullable(),
  receipt: ReceiptSummary.nullable(),
  rating: Rating.nullable(),
  created_at: Timestamp,
})
export type Message = z.infer<typeof Message>

/** A message on its branch. `sibling_ids` are its versions, itself among them, in their order. */
export const BranchMessage = Message.extend({ sibling_ids: z.array(Id) })
export type BranchMessage = z.infer<typeof BranchMessage>

/** What of a branch is read: the messages above one, below one, or on both sides of it; without any the newest. */
export const BranchQuery = z
  .strictObject({
    before: Id.optional(),
    after: Id.optional(),
    around: Id.optional(),
    limit: z.coerce.number().int().min(1).max(limits.branchMessages).default(limits.branchMessages / 2),
  })
  .refine(({ before, after, around }) => [before, after, around].filter((id) => id !== undefined).length <= 1, { error: 'names more than one message' })

/**
 * A piece of the branch that is shown, oldest first, without gaps: each message is the parent of the next. There are earlier ones
 * where the first has a parent, and later ones where the last is not the conversation's `leaf_id`.
 */
export const BranchPiece = z.object({ success: z.literal(true), conversation: Conversation, data: z.array(BranchMessage), timestamp: Timestamp })
export type BranchPiece = z.infer<typeof BranchPiece>

const Content = Text.refine((text) => text.trim() !== '', { error: 'is empty' }).max(limits.messageCharacters)
const InputPart = z.strictObject({ type: z.literal('text'), text: Text })

/** How something is asked. The client message id makes asking twice one turn. */
const asking = {
  agent_id: z.string().min(1).max(64).optional(),
  model: Text.min(1).max(200).optional(),
  temperature: z.number().min(0).max(2).optional(),
  use_rag: z.boolean().optional(),
  client_message_id: ClientMessageId.optional(),
}
const content = z.union([
  Content,
  z.array(InputPart).min(1).max(64).transform((parts) => parts.map((part) => part.text).join('\n\n')).pipe(Content),
])

/**
 * What is asked of an agent, the same on every native wire. It hangs on the answer `parent_id`, of a conversation that is named;
 * null begins again from the beginning; absent means the end of the branch that is shown.
 */
export const Question = z.strictObject({ content, ...asking, parent_id: Id.nullable().optional() })
export type Question = z.infer<typeof Question>

/** Asks a turn's question once more: another version of its answer. Agent and model are those of that turn, unless one is named. */
export const AskAgain = z.strictObject(asking)
export type AskAgain = z.infer<typeof AskAgain>

/** Asks something else in the place of a turn's question: another version of it, whose answers follow below. */
export const EditQuestion = z.strictObject({ content, ...asking })

/** POST …/messages: a question, and whether to wait for the answer. */
export const SendMessage = Question.extend({ stream: z.boolean().optional() })
/** POST …/regenerate and …/edit, likewise. */
export const RegenerateTurn = AskAgain.extend({ stream: z.boolean().optional() })
export const EditTurn = EditQuestion.extend({ stream: z.boolean().optional() })

/** POST …/rating: null takes it back. */
export const RateTurn = z.strictObject({
  rating: Rating.shape.rating.nullable(),
  reason: Text.trim().max(limits.reasonCharacters).optional(),
})

/** 202 (stream: true): the turn, and where to follow it. */
export const SentMessage = z.object({ success: z.literal(true), turn: Turn, message_id: Id, events: z.string(), stop: z.string() })
/** 200 (stream absent or false): the turn is closed, and this is its answer. */
export const AnsweredMessage = z.object({ success: z.literal(true), turn: Turn, message: Message })

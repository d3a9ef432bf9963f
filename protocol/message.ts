import { z } from 'zod'
import { limits } from './limits.ts'
import { ClientMessageId, Id, Text, Timestamp } from './primitives.ts'
import { Failure, Outcome, ReceiptSummary, Turn } from './turn.ts'

/** A piece of a stored message. */
export const Part = z.object({ type: z.enum(['text', 'reasoning']), text: z.string() })
export type Part = z.infer<typeof Part>

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
  created_at: Timestamp,
})
export type Message = z.infer<typeof Message>

const Content = Text.refine((text) => text.trim() !== '', { error: 'is empty' }).max(limits.messageCharacters)
const InputPart = z.strictObject({ type: z.literal('text'), text: Text })

/** What is asked of an agent, the same on every native wire. `parent_id` null starts again from the beginning; absent means the newest message. */
export const Question = z.strictObject({
  content: z.union([
    Content,
    z.array(InputPart).min(1).max(64).transform((parts) => parts.map((part) => part.text).join('\n\n')).pipe(Content),
  ]),
  agent_id: z.string().min(1).max(64).optional(),
  model: Text.min(1).max(200).optional(),
  temperature: z.number().min(0).max(2).optional(),
  use_rag: z.boolean().optional(),
  client_message_id: ClientMessageId.optional(),
})
export type Question = z.infer<typeof Question>

/** POST …/messages: a question, and whether to wait for the answer. */
export const SendMessage = Question.extend({ stream: z.boolean().optional() })

/** 202 (stream: true): the turn, and where to follow it. */
export const SentMessage = z.object({ success: z.literal(true), turn: Turn, message_id: Id, events: z.string(), stop: z.string() })
/** 200 (stream absent or false): the turn is closed, and this is its answer. */
export const AnsweredMessage = z.object({ success: z.literal(true), turn: Turn, message: Message })

import { z } from 'zod'
import { Id } from './primitives.ts'
import { Failure, Outcome, Usage } from './turn.ts'

/** What every event of a turn carries: the cursor (turn, epoch, seq), and where it belongs. Seq starts at 1 and has no gaps. */
const cursor = { conversation_id: Id, turn_id: Id, response_id: Id, epoch: z.string(), seq: z.int().min(1) }

/** `index` counts the deltas of this answer from 1. */
export const ChatDelta = z.object({ ...cursor, delta: z.string(), index: z.int().min(1), kind: z.enum(['text', 'reasoning']) })
export type ChatDelta = z.infer<typeof ChatDelta>

const closing = {
  ...cursor,
  outcome: Outcome,
  provider: z.string().nullable(),
  model: z.string().nullable(),
  requested_model: z.string().nullable(),
  token_count: z.int().nullable(),
  usage: Usage.nullable(),
  cost: z.number().nullable(),
  confidence: z.number().nullable(),
  receipt_id: Id,
  reasoning_ms: z.int().nullable(),
  total_ms: z.int(),
}

/** The turn ended as it should: completed, or stopped by the user. `content` is the whole text. */
export const ChatDone = z.object({ ...closing, content: z.string() })
export type ChatDone = z.infer<typeof ChatDone>

/** The turn did not get to its end. What was shown before stays. */
export const ChatFailed = z.object({ ...closing, ...Failure.shape })
export type ChatFailed = z.infer<typeof ChatFailed>

/** One row of a turn's log, as every wire shows it. */
export const TurnEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('chat.delta'), payload: ChatDelta }),
  z.object({ type: z.literal('chat.done'), payload: ChatDone }),
  z.object({ type: z.literal('chat.failed'), payload: ChatFailed }),
])
export type TurnEvent = z.infer<typeof TurnEvent>

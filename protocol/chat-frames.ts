import { z } from 'zod'
import { Conversation } from './conversation.ts'
import { AskAgain, Message, Question } from './message.ts'
import { Id, Timestamp } from './primitives.ts'
import { ProblemCode } from './problem.ts'
import { ChatDelta, ChatDone, ChatFailed } from './turn-events.ts'

/** `WS /ws/v2/chat`, client to server: `{type, data}`. One table; the socket answers every type in it and refuses every other. */
export const clientFrames = {
  auth: z.strictObject({ token: z.string().min(1).max(16_384) }),
  'chat.send': Question.extend({ conversation_id: Id.optional() }),
  'chat.regenerate': AskAgain.extend({ turn_id: Id }),
  'chat.resume': z.strictObject({ turn_id: Id, epoch: z.string().max(64).optional(), after: z.int().min(0) }),
  'chat.stop': z.strictObject({ turn_id: Id }),
  subscribe: z.strictObject({ conversation_id: Id.optional() }),
  unsubscribe: z.strictObject({ conversation_id: Id.optional() }),
  ping: z.strictObject({}).optional(),
} as const
export type ClientFrameType = keyof typeof clientFrames
export type ClientFrameData<T extends ClientFrameType> = z.infer<(typeof clientFrames)[T]>

/** Older names of `chat.send` that clients still use. */
export const clientFrameAliases: Record<string, ClientFrameType> = { 'chat.message': 'chat.send', chat: 'chat.send' }

export const ClientFrame = z.strictObject({ type: z.string().min(1).max(64), data: z.unknown().optional() })

/** Server to client: `{type, id, timestamp, payload}`. */
export const serverFrames = {
  connected: z.object({ user_id: z.string(), protocol: z.literal('parley.v2'), server_time: Timestamp }),
  'chat.accepted': z.object({ conversation_id: Id, turn_id: Id, message_id: Id, response_id: Id, epoch: z.string(), client_message_id: z.string() }),
  'chat.resumed': z.object({
    turn_id: Id,
    epoch: z.string(),
    recovered: z.boolean(),
    after: z.int(),
    last: z.int(),
    /** Only when `recovered` is false: the whole answer so far; rows after `last` follow. */
    message: Message.optional(),
  }),
  typing: z.object({ conversation_id: Id }),
  'chat.delta': ChatDelta,
  'chat.done': ChatDone,
  'chat.failed': ChatFailed,
  /** The answer to `subscribe`: from here on nothing of it is missed. It comes again where something was: fetch what has changed. */
  subscribed: z.object({ conversation_id: Id.nullable(), rev: z.int().nullable(), running_turn_id: Id.nullable() }),
  /** A conversation of this user changed. `conversation` is null once it is deleted. */
  conversation: z.object({
    conversation_id: Id,
    change: z.enum(['created', 'changed', 'deleted', 'running', 'settled']),
    conversation: Conversation.nullable(),
  }),
  error: z.object({
    code: ProblemCode,
    message: z.string(),
    client_message_id: z.string().optional(),
    turn_id: Id.optional(),
    retry_after: z.int().optional(),
  }),
  pong: z.object({}),
  /** This node drains: reconnect now. */
  moving: z.object({}),
  /** Nothing was heard for a long time; in so many seconds the socket closes with 4408. */
  idle: z.object({ remaining_seconds: z.int() }),
} as const
export type ServerFrameType = keyof typeof serverFrames
export type ServerFramePayload<T extends ServerFrameType> = z.infer<(typeof serverFrames)[T]>
export type ServerFrame = { [T in ServerFrameType]: { type: T; id: string; timestamp: string; payload: ServerFramePayload<T> } }[ServerFrameType]

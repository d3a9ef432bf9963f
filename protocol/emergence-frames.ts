import { z } from 'zod'
import { limits } from './limits.ts'
import { ClientMessageId, Text } from './primitives.ts'

/**
 * `WS /ws/{session_id}`: the wire of ÉMERGENCE's plan, kept for its clients. Loose: its clients send fields that nobody reads.
 * `{"type":"chat","data":{"message","agent_id","model","temperature"}}` and `{"type":"chat.message","payload":{"text","agent_id","use_rag","doc_ids"}}`.
 */
const Words = Text.max(limits.messageCharacters).refine((text) => text.trim() !== '', { error: 'is empty' })
const common = {
  agent_id: z.string().min(1).max(64).default('AnimA'),
  model: Text.min(1).max(200).optional(),
  temperature: z.number().min(0).max(2).optional(),
  use_rag: z.boolean().optional(),
  client_message_id: ClientMessageId.optional(),
}

export const emergenceClientFrames = {
  chat: z.looseObject({ message: Words, ...common }),
  'chat.message': z.looseObject({ text: Words, ...common }),
} as const

export const EmergenceClientFrame = z.looseObject({ type: z.string().min(1).max(64), data: z.unknown().optional(), payload: z.unknown().optional() })

const CostInfo = z.object({ input_tokens: z.int().nullable(), output_tokens: z.int().nullable(), total_cost: z.number().nullable() })

export const emergenceServerFrames = {
  'ws:session_established': z.object({ session_id: z.string(), thread_id: z.string().nullable() }),
  'ws:session_restored': z.object({
    session_id: z.string(),
    thread_id: z.string(),
    messages: z.array(z.object({ id: z.string(), role: z.string(), content: z.string(), agent_id: z.string().nullable(), created_at: z.string() })),
    history_count: z.int(),
  }),
  'ws:model_info': z.object({ agent_id: z.string(), id: z.string(), provider: z.string(), model: z.string() }),
  'ws:model_fallback': z.object({ agent_id: z.string(), id: z.string(), from_model: z.string(), to_provider: z.string(), to_model: z.string(), reason: z.string() }),
  'ws:chat_stream_start': z.object({ agent_id: z.string(), id: z.string() }),
  'ws:chat_stream_chunk': z.object({ agent_id: z.string(), id: z.string(), chunk: z.string() }),
  'ws:chat_stream_end': z.object({
    id: z.string(),
    session_id: z.string(),
    role: z.literal('assistant'),
    agent_id: z.string(),
    content: z.string(),
    cost_info: CostInfo,
    timestamp: z.string(),
    meta: z.object({
      provider: z.string().nullable(),
      model: z.string().nullable(),
      fallback: z.boolean(),
      sources: z.array(z.unknown()),
      outcome: z.string(),
      thread_id: z.string(),
      turn_id: z.string(),
      error: z.string().nullable(),
    }),
  }),
  'ws:system_notification': z.object({ notification_type: z.enum(['inactivity_warning', 'moving']), message: z.string(), remaining_seconds: z.int().nullable() }),
  'ws:error': z.object({ code: z.string(), message: z.string() }),
} as const
export type EmergenceServerFrameType = keyof typeof emergenceServerFrames
export type EmergenceServerFramePayload<T extends EmergenceServerFrameType> = z.infer<(typeof emergenceServerFrames)[T]>

import { z } from 'zod'
import { Id, Timestamp } from './primitives.ts'

/** How a turn ended. A turn is closed once; the outcome never changes after that. */
export const Outcome = z.enum(['completed', 'stopped', 'failed', 'interrupted', 'refused'])
export type Outcome = z.infer<typeof Outcome>

export const TurnState = z.enum(['running', ...Outcome.options])
export type TurnState = z.infer<typeof TurnState>

/** Tokens. What the provider did not report is null; `estimated` says that a figure was counted by us. */
export const Usage = z.object({
  input: z.int().nullable(),
  cached_input: z.int().nullable(),
  /** Of the input, what was written into the provider's cache. Absent where nobody counts it. */
  cache_write_input: z.int().nullable().optional(),
  output: z.int().nullable(),
  reasoning: z.int().nullable(),
  estimated: z.boolean(),
})
export type Usage = z.infer<typeof Usage>

/** Why a turn did not complete. `code` is one of a fixed table; `message` is a sentence for the user, in the user's language. */
export const FailureCode = z.enum([
  'provider_unreachable',
  'provider_refused_key',
  'provider_rate_limited',
  'provider_overloaded',
  'provider_rejected',
  'provider_malformed',
  'provider_cut',
  'first_delta_timeout',
  'idle_timeout',
  'turn_timeout',
  'answer_too_large',
  'answer_withheld',
  'server_stopped',
  'server_crashed',
  'internal',
])
export type FailureCode = z.infer<typeof FailureCode>

export const Failure = z.object({ code: FailureCode, message: z.string(), retryable: z.boolean() })
export type Failure = z.infer<typeof Failure>

/** Why what a call cost is not known. A price that is not known is never 0. */
export const PriceProblem = z.enum(['model_not_listed', 'price_missing', 'price_invalid', 'usage_unknown', 'catalogue_unavailable'])
export type PriceProblem = z.infer<typeof PriceProblem>

/** The rates that a call was priced by, in dollars for a million tokens. A kind of token without one costs what it is a part of. */
export const PriceRow = z.object({
  /** `operator`: from PARLEY_PRICES. `unpriced`: an endpoint that sends no bill; every rate is 0. */
  source: z.enum(['catalogue', 'operator', 'unpriced']),
  input: z.number(),
  cached_input: z.number().nullable(),
  cache_write: z.number().nullable(),
  output: z.number(),
  reasoning: z.number().nullable(),
})
export type PriceRow = z.infer<typeof PriceRow>

/** What stands under an answer: who answered and what it took. A figure that is not known is null, never 0. */
export const ReceiptSummary = z.object({
  receipt_id: Id,
  provider: z.string().nullable(),
  model: z.string().nullable(),
  requested_model: z.string().nullable(),
  usage: Usage.nullable(),
  cost: z.number().nullable(),
  confidence: z.number().nullable(),
  /** From the first word of reasoning to the first of the answer; null where there was none, or it is not known any more. */
  reasoning_ms: z.int().nullable(),
  total_ms: z.int(),
})
export type ReceiptSummary = z.infer<typeof ReceiptSummary>

/** One call of one model on behalf of a turn. */
export const Attempt = z.object({
  n: z.int(),
  provider: z.string(),
  model: z.string(),
  state: z.enum(['running', 'completed', 'stopped', 'failed', 'interrupted']),
  error: FailureCode.nullable(),
  provider_status: z.int().nullable(),
  started_at: Timestamp,
  first_delta_at: Timestamp.nullable(),
  ended_at: Timestamp.nullable(),
  usage: Usage.nullable(),
  /** Absent before the turn is closed, and on receipts that are older than prices. */
  price: PriceRow.nullable().optional(),
  /** In dollars; null where the call used nothing, or `price_problem` says why it is not known. */
  cost: z.number().nullable().optional(),
  price_problem: PriceProblem.nullable().optional(),
})
export type Attempt = z.infer<typeof Attempt>

/** The closed account of one turn, written in the commit that closes it and never changed. It holds no text. */
export const Receipt = z.object({
  version: z.literal(1),
  id: Id,
  turn_id: Id,
  conversation_id: Id,
  message_id: Id,
  response_id: Id,
  agent_id: z.string(),
  outcome: Outcome,
  failure_code: FailureCode.nullable(),
  requested_model: z.string().nullable(),
  provider: z.string().nullable(),
  model: z.string().nullable(),
  attempts: z.array(Attempt),
  usage: Usage.nullable(),
  /** In dollars, all attempts together; null where `price_problem` says why it is not known, or nothing was used. */
  cost: z.number().nullable(),
  /** What the attempt that answered was priced by. Absent on receipts that are older than prices. */
  price: PriceRow.nullable().optional(),
  price_problem: PriceProblem.nullable().optional(),
  confidence: z.number().nullable(),
  context: z.object({ messages: z.int(), estimated_tokens: z.int(), left_out: z.int().nullable() }).nullable(),
  timings: z.object({
    accepted_at: Timestamp,
    closed_at: Timestamp,
    context_ms: z.int().nullable(),
    first_delta_ms: z.int().nullable(),
    /** Absent on receipts that are older than it. */
    reasoning_ms: z.int().nullable().optional(),
    total_ms: z.int(),
  }),
})
export type Receipt = z.infer<typeof Receipt>

/** One turn as REST shows it. */
export const Turn = z.object({
  id: Id,
  conversation_id: Id,
  message_id: Id,
  response_id: Id,
  client_message_id: z.string(),
  agent_id: z.string(),
  requested_model: z.string().nullable(),
  version: z.int(),
  state: TurnState,
  epoch: z.string(),
  /** The last seq of the log; for a closed turn that is its terminal event. */
  last: z.int(),
  failure: Failure.nullable(),
  receipt: ReceiptSummary.nullable(),
  created_at: Timestamp,
  closed_at: Timestamp.nullable(),
})
export type Turn = z.infer<typeof Turn>

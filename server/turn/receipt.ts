import type { Attempt, FailureCode, Outcome, Receipt, Usage } from '#protocol/turn.ts'
import { isoTime } from '../lib/clock.ts'
import { sumOfDollars } from '../money/dollars.ts'
import type { RunningTurn } from '../store/store.ts'
import type { Context } from './context-builder.ts'

export interface ReceiptFacts {
  readonly id: string
  readonly turn: RunningTurn
  readonly outcome: Outcome
  readonly failureCode: FailureCode | null
  readonly attempts: readonly Attempt[]
  /** Null where the turn ended before its context was built, or that is not known any more. */
  readonly context: Context | null
  readonly contextMs: number | null
  readonly reasoningMs: number | null
  readonly closedAt: number
}

/** The closed account of a turn, from attempts that are priced. What is not known stays null. */
export function closeReceipt(facts: ReceiptFacts): Receipt {
  const { turn, attempts, context } = facts
  const answered = attempts.findLast((attempt) => attempt.state !== 'failed') ?? null
  const firstDelta = answered?.first_delta_at ?? null
  return {
    version: 1, id: facts.id, turn_id: turn.turnId, conversation_id: turn.conversationId, message_id: turn.messageId, response_id: turn.responseId,
    agent_id: turn.agentId, outcome: facts.outcome, failure_code: facts.failureCode, requested_model: turn.requestedModel,
    provider: answered?.provider ?? null, model: answered?.model ?? null, attempts: [...attempts], usage: usageOf(attempts), ...costOf(attempts),
    price: answered?.price ?? null, confidence: null,
    context: context && { messages: context.messages.length, estimated_tokens: context.estimatedTokens, left_out: context.leftOut },
    timings: {
      accepted_at: isoTime(turn.openedAt), closed_at: isoTime(facts.closedAt), context_ms: facts.contextMs,
      first_delta_ms: firstDelta === null ? null : notNegative(Date.parse(firstDelta) - turn.openedAt), reasoning_ms: facts.reasoningMs,
      total_ms: notNegative(facts.closedAt - turn.openedAt),
    },
  }
}

/** The sum of the attempts. Where one used something whose price is not known, the sum is not known either. */
function costOf(attempts: readonly Attempt[]): Pick<Receipt, 'cost' | 'price_problem'> {
  const problem = attempts.find((attempt) => attempt.price_problem)?.price_problem ?? null
  const costs = attempts.flatMap(({ cost }) => cost ?? [])
  return { cost: problem !== null || costs.length === 0 ? null : sumOfDollars(costs), price_problem: problem }
}

/** The wall clock may be set back while a turn runs; a duration never is. */
function notNegative(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds))
}

/** Tokens of all attempts together. A figure that one of them does not know is known for none. */
function usageOf(attempts: readonly Attempt[]): Usage | null {
  const used = attempts.flatMap((attempt) => attempt.usage ?? [])
  if (used.length === 0) return null
  const sum = (figure: Exclude<keyof Usage, 'estimated'>) =>
    used.reduce<number | null>((total, { [figure]: count = null }) => (total === null || count === null ? null : total + count), 0)
  const cacheWrites = used.some((usage) => usage.cache_write_input !== undefined) && { cache_write_input: sum('cache_write_input') }
  return {
    input: sum('input'), cached_input: sum('cached_input'), ...cacheWrites, output: sum('output'), reasoning: sum('reasoning'),
    estimated: used.some((usage) => usage.estimated),
  }
}

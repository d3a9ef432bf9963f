import type { AgentDefinition } from '../agents/agent.ts'
import { estimateTokens } from '../lib/estimate-tokens.ts'
import type { ModelMessage } from '../models/language-model.ts'
import type { RunningTurn, Store } from '../store/store.ts'
import { historyLane } from './lanes/history.ts'
import { systemPolicyLane } from './lanes/system-policy.ts'

/** Exactly what is sent to the model, and how much of what there was it holds. */
export interface Context {
  readonly messages: readonly ModelMessage[]
  readonly estimatedTokens: number
  /** Earlier messages of the conversation that did not fit. */
  readonly leftOut: number
}

/** Same inputs, same bytes: instructions first, then the newest exchanges that fit, then the question. */
export async function buildContext(
  deps: { readonly store: Pick<Store, 'readHistory'> },
  turn: RunningTurn,
  asked: { readonly agent: AgentDefinition; readonly question: string; readonly tokens: number },
): Promise<Context> {
  const instructions = systemPolicyLane(asked.agent, turn.language)
  const instructionTokens = estimateTokens(instructions.content)
  // The question's own tokens are part of its path, so history and question share what the instructions leave.
  const history = await historyLane(deps.store, turn, Math.max(0, asked.tokens - instructionTokens))
  return {
    messages: [instructions, ...history.messages, { role: 'user', content: asked.question }],
    estimatedTokens: instructionTokens + history.estimatedTokens + estimateTokens(asked.question),
    leftOut: history.leftOut,
  }
}

import type { Attempt } from '#protocol/turn.ts'
import type { AgentDefinition } from '../agents/agent.ts'
import { planRoute } from '../agents/model-route.ts'
import { routeLimits } from '../lib/route-limits.ts'
import type { ModelRequest } from '../models/language-model.ts'
import type { EndAttempt, StartAttempt } from '../store/store.ts'
import { endedAttempt } from './attempt.ts'
import { callModel } from './call-model.ts'
import type { Context } from './context-builder.ts'
import type { Deadlines } from './deadlines.ts'
import { usageBeforehand } from './estimate-usage.ts'
import type { EndReason, LiveTurn } from './live-turn.ts'
import { candidatesAfter } from './next-candidate.ts'
import { ReceivedAnswer } from './received-answer.ts'
import type { TurnDeps } from './turn-deps.ts'

/** How the stream ended. The last attempt, if one was started, is still open in the store: it is closed with the turn. */
export interface StreamEnd {
  readonly end: { readonly kind: 'completed' } | EndReason
  readonly attempts: readonly Attempt[]
  readonly openAttempt: EndAttempt | null
  readonly reasoningMs: number | null
}

/**
 * 1. The route names its candidates; each try is a row of its own, committed before the model is called.
 * 2. Parts become log rows as they come.
 * 3. What fails before the first delta goes to the next key or candidate where that may mend it; after it, never.
 */
export async function streamAnswer(
  deps: TurnDeps, live: LiveTurn, agent: AgentDefinition, context: Context, deadlines: Deadlines,
): Promise<StreamEnd> {
  const { configured, offered = [] } = deps.models
  let { candidates } = planRoute({ requestedModel: live.turn.requestedModel, route: agent.route, configured, offered })
  const request = requestOf(deps, live, context)
  const attempts: Attempt[] = []
  let openAttempt: EndAttempt | null = null
  let reasoningMs: number | null = null
  let called = false

  try {
    for (let n = 1; !live.endReason; n++) {
      const candidate = candidates[0]!
      const model = deps.models.find(candidate.provider, candidate.model)
      if (!model) throw new Error(`nobody serves ${candidate.provider}/${candidate.model}`)
      // Whoever cannot be asked now is passed over, and the receipt says why.
      const rest = model.rest?.()?.failure ?? null
      using retry = called && rest === null ? await deps.retries.begin(live.signal) : null
      if (retry && live.endReason) break
      const usage = usageBeforehand(deps.tokens, candidate, context.estimatedTokens)
      const started: StartAttempt = { turnId: live.turn.turnId, fence: live.turn.fence, n, ...candidate, usage, now: deps.clock.now() }
      if (!(await deps.store.startAttempt(started))) return { end: { kind: 'lease-lost' }, attempts, openAttempt, reasoningMs }

      const answer = new ReceivedAnswer(deps, live, deadlines, started)
      const hasOthers = candidates.length > 1 && n < routeLimits.callsOfATurn
      const patienceMs = hasOthers ? deadlines.firstDeltaLeftMs() / 2 : null
      const failure = rest ?? (await callModel(deps, live, answer, { model, request, patienceMs }))
      called ||= rest === null
      openAttempt = await answer.close(failure)
      if (openAttempt.usage?.estimated === false) {
        deps.tokens.learn(candidate, context.estimatedTokens, answer.received, openAttempt.usage)
      }
      reasoningMs = answer.reasoningMs
      attempts.push(endedAttempt(started, openAttempt))

      const end = live.endReason ?? (failure ? { kind: 'failed', code: failure.code } as const : { kind: 'completed' } as const)
      candidates = failure === null || answer.begun || live.endReason ? [] : candidatesAfter(failure, n, candidates, model)
      if (candidates.length === 0) return { end, attempts, openAttempt, reasoningMs }
      await deps.store.endAttempt(openAttempt)
      openAttempt = null
    }
  } catch (error) {
    // The store could not write: what was asked so far still belongs on the receipt.
    deps.events.unexpected('asking models', error)
  }
  return { end: live.endReason ?? { kind: 'failed', code: 'internal' }, attempts, openAttempt, reasoningMs }
}

function requestOf(deps: TurnDeps, { turn }: LiveTurn, context: Context): ModelRequest {
  return {
    messages: context.messages, temperature: turn.temperature, maxTokens: deps.settings.maxTokens,
    asker: { ...turn.actor, conversationId: turn.conversationId, messageId: turn.messageId, language: turn.language },
  }
}

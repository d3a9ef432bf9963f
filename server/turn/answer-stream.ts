import type { Attempt, FailureCode } from '#protocol/turn.ts'
import type { AgentDefinition } from '../agents/agent.ts'
import { planRoute } from '../agents/model-route.ts'
import { routeLimits } from '../lib/route-limits.ts'
import type { LanguageModel, ModelFailure, ModelRequest } from '../models/language-model.ts'
import type { EndAttempt, StartAttempt } from '../store/store.ts'
import { endedAttempt } from './attempt.ts'
import type { Context } from './context-builder.ts'
import type { Deadlines } from './deadlines.ts'
import type { EndReason, LiveTurn } from './live-turn.ts'
import { ReceivedAnswer } from './received-answer.ts'
import type { TurnDeps } from './turn-deps.ts'

/** How the stream ended. The last attempt, if one was started, is still open in the store: it is closed with the turn. */
export interface StreamEnd {
  readonly end: { readonly kind: 'completed' } | EndReason
  readonly attempts: readonly Attempt[]
  readonly openAttempt: EndAttempt | null
}

/** What another candidate may mend. A question that was rejected would be rejected again. */
const mendable: ReadonlySet<FailureCode> = new Set([
  'provider_unreachable', 'provider_refused_key', 'provider_rate_limited', 'provider_overloaded', 'provider_malformed', 'provider_cut', 'first_delta_timeout',
])
/** What another key of the same provider may mend. */
const mendableByKey: ReadonlySet<FailureCode> = new Set(['provider_refused_key', 'provider_rate_limited'])

/**
 * 1. The route names its candidates; each try is a row of its own, committed before the model is called.
 * 2. Parts become log rows as they come.
 * 3. What fails before the first delta, in a way that another candidate may mend, goes to the next key or candidate; after it, never.
 */
export async function streamAnswer(
  deps: TurnDeps, live: LiveTurn, agent: AgentDefinition, context: Context, deadlines: Deadlines,
): Promise<StreamEnd> {
  const { candidates } = planRoute({ requestedModel: live.turn.requestedModel, route: agent.route, configured: deps.models.configured })
  const request = requestOf(deps, live, context)
  const left = [...candidates]
  const attempts: Attempt[] = []
  let openAttempt: EndAttempt | null = null
  let called = false

  try {
    for (let n = 1; !live.endReason; n++) {
      const candidate = left[0]!
      const model = deps.models.find(candidate.provider, candidate.model)
      if (!model) throw new Error(`nobody serves ${candidate.provider}/${candidate.model}`)
      const rest = model.rest?.() ?? null
      using retry = called && rest === null ? await deps.retries.begin(live.signal) : null
      if (retry && live.endReason) break
      const started: StartAttempt = { turnId: live.turn.turnId, fence: live.turn.fence, n, ...candidate, now: deps.clock.now() }
      if (!(await deps.store.startAttempt(started))) return { end: { kind: 'lease-lost' }, attempts, openAttempt }

      const answer = new ReceivedAnswer(deps, live, deadlines, started)
      const isLast = n === routeLimits.callsOfATurn || left.length === 1
      const failure = rest ?? (await received(deps, live, answer, { model, request, patienceMs: isLast ? null : deadlines.firstDeltaLeftMs() / 2 }))
      called ||= rest === null
      openAttempt = answer.close(failure)
      attempts.push(endedAttempt(started, openAttempt))

      const end = live.endReason ?? (failure ? { kind: 'failed', code: failure.code } as const : { kind: 'completed' } as const)
      if (failure === null || answer.begun || live.endReason || !canBeMended(failure)) return { end, attempts, openAttempt }
      if (!(mendableByKey.has(failure.code) && model.hasSoundKey)) left.shift()
      if (left.length === 0 || n === routeLimits.callsOfATurn) return { end, attempts, openAttempt }
      await deps.store.endAttempt(openAttempt)
      openAttempt = null
    }
  } catch (error) {
    // The store could not write: what was asked so far still belongs on the receipt.
    deps.events.unexpected('asking models', error)
  }
  return { end: live.endReason ?? { kind: 'failed', code: 'internal' }, attempts, openAttempt }
}

/** A model that its provider does not know (any more) is no reason to reject the question. */
function canBeMended({ code, status }: ModelFailure): boolean {
  return mendable.has(code) || status === 404
}

interface Call {
  readonly model: LanguageModel
  readonly request: ModelRequest
  /** How long it has to begin, where others stand behind it; null: as long as the turn has. */
  readonly patienceMs: number | null
}

/** One call of one model. With others behind it, it gives way while there is time for the next. */
async function received(deps: TurnDeps, live: LiveTurn, answer: ReceivedAnswer, { model, request, patienceMs }: Call): Promise<ModelFailure | null> {
  if (patienceMs === null || live.signal.aborted) return answer.receive(model.stream(request, live.signal))
  const calling = new AbortController()
  const follow = () => calling.abort(live.signal.reason)
  const tooSlow = { kind: 'failed', code: 'first_delta_timeout' } as const
  live.signal.addEventListener('abort', follow, { once: true })
  // What has arrived by then counts, also where the loop comes to read it only now.
  const cancel = deps.clock.after(patienceMs, () => setImmediate(() => {
    if (!answer.begun) calling.abort(tooSlow)
  }))
  try {
    const failure = await answer.receive(model.stream(request, calling.signal))
    const gaveWay = calling.signal.reason === tooSlow && !live.endReason
    return gaveWay ? { code: tooSlow.code, status: null, retryAfterMs: null, detail: `nothing came within ${Math.round(patienceMs)} ms` } : failure
  } finally {
    cancel()
    live.signal.removeEventListener('abort', follow)
  }
}

function requestOf(deps: TurnDeps, { turn }: LiveTurn, context: Context): ModelRequest {
  return {
    messages: context.messages, temperature: turn.temperature, maxTokens: deps.settings.maxTokens,
    asker: { ...turn.actor, conversationId: turn.conversationId, messageId: turn.messageId, language: turn.language },
  }
}

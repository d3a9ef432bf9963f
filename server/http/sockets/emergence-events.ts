/** From turns and their events to the payloads of ÉMERGENCE's wire. */
import type { EmergenceServerFramePayload } from '#protocol/emergence-frames.ts'
import type { ChatDelta, TurnEvent } from '#protocol/turn-events.ts'
import type { Turn } from '#protocol/turn.ts'
import { findAgent } from '../../agents/find-agent.ts'
import { planRoute, type ModelCandidate } from '../../agents/model-route.ts'
import { isoTime } from '../../lib/clock.ts'
import type { HttpDeps } from '../http-deps.ts'

type Ending = Exclude<TurnEvent, { type: 'chat.delta' }>

export function streamStart(turn: Turn): EmergenceServerFramePayload<'ws:chat_stream_start'> {
  return { agent_id: turn.agent_id, id: turn.response_id }
}

/** The model that is asked first. */
export function plannedModel(deps: Pick<HttpDeps, 'agents' | 'turns'>, turn: Turn): ModelCandidate {
  const route = findAgent(turn.agent_id, deps.agents)?.route ?? []
  return planRoute({ requestedModel: turn.requested_model, route, configured: deps.turns.models.configured, offered: deps.turns.models.offered ?? [] }).candidates[0]!
}

/** Deltas verbatim: nothing is ever joined, trimmed or left out. */
export function toChunk(delta: ChatDelta, agentId: string): EmergenceServerFramePayload<'ws:chat_stream_chunk'> {
  return { agent_id: agentId, id: delta.response_id, chunk: delta.delta }
}

/** Every start has exactly one end, also on failure: then with the text that came. */
export function streamEnd(
  { type, payload }: Ending,
  answer: { readonly agentId: string; readonly text: string },
  sessionId: string,
  now: number,
): EmergenceServerFramePayload<'ws:chat_stream_end'> {
  const { usage, cost, provider, model } = payload
  return {
    id: payload.response_id, session_id: sessionId, role: 'assistant', agent_id: answer.agentId, content: answer.text, timestamp: isoTime(now),
    cost_info: { input_tokens: usage?.input ?? null, output_tokens: usage?.output ?? null, total_cost: cost },
    meta: {
      provider, model, fallback: isFallback(payload), sources: [], outcome: payload.outcome, thread_id: payload.conversation_id,
      turn_id: payload.turn_id, error: type === 'chat.failed' ? payload.code : null,
    },
  }
}

/** Another model answered than the one that was asked for. */
function isFallback({ requested_model, provider, model }: Ending['payload']): boolean {
  return requested_model !== null && model !== null && requested_model !== model && requested_model !== `${provider}/${model}`
}

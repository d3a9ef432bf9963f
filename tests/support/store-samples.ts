/** Commands as the turn sends them, with everything filled in that a test does not care about. */
import type { Part } from '#protocol/message.ts'
import type { Attempt, Outcome, Receipt } from '#protocol/turn.ts'
import type { Actor } from '../../server/lib/actor.ts'
import { isoTime } from '../../server/lib/clock.ts'
import type { AbandonedTurn, DeltaRow, OpenTurn, RunningTurn, SettleTurn, Store } from '../../server/store/store.ts'

export const ada: Actor = { tenantId: 'acme', userId: 'ada' }
/** Of the same tenant. */
export const bob: Actor = { tenantId: 'acme', userId: 'bob' }
/** Of another tenant, under the same user id. */
export const otherAda: Actor = { tenantId: 'umbra', userId: 'ada' }

/** 2026-11-20T09:00:00.000Z. */
export const morning = 1_795_165_200_000

let made = 0
/** Ids that no two samples share, not even of two processes that write one store. */
export const freshId = (kind: string): string => `${kind}_${process.pid}x${String(++made).padStart(6, '0')}`

export function question(actor: Actor, given: Partial<OpenTurn> = {}): OpenTurn {
  return {
    actor, conversationId: null, newConversationId: freshId('c'), title: 'A question', memoryMode: 'persistent',
    clientMessageId: freshId('k'), requestHash: 'the hash of what was asked', turnId: freshId('t'), messageId: freshId('m'), answersMessageId: null, responseId: freshId('m'),
    agentId: null, defaultAgentId: 'AnimA', requestedModel: null, temperature: 0.4, language: 'en', content: 'What is the weather like?',
    estimatedTokens: 7, now: morning, runningLimit: null, ...given,
  }
}

/** Opens a turn that must open. */
export async function open(store: Store, actor: Actor, given: Partial<OpenTurn> = {}): Promise<RunningTurn> {
  const opened = await store.openTurn(question(actor, given))
  if (opened.kind !== 'opened') throw new Error(`The turn did not open: ${opened.kind}`)
  return opened.turn
}

export function textRows(...texts: readonly string[]): readonly DeltaRow[] {
  return texts.map((text, i) => ({ seq: i + 1, kind: 'text', text }))
}

/** The parts of an answer whose log is these rows: neighbours of one kind are one part. */
export function partsOf(rows: readonly DeltaRow[]): readonly Part[] {
  const parts: Part[] = []
  for (const { kind, text } of rows) {
    const last = parts.at(-1)
    if (last?.type === kind) parts[parts.length - 1] = { type: kind, text: last.text + text }
    else parts.push({ type: kind, text })
  }
  return parts
}

export function attempt(given: Partial<Attempt> = {}): Attempt {
  return {
    n: 1, provider: 'openai', model: 'gpt-4o-mini', state: 'completed', error: null, provider_status: 200, started_at: isoTime(morning + 10),
    first_delta_at: isoTime(morning + 400), ended_at: isoTime(morning + 900), usage: null, ...given,
  }
}

export function receiptOf(turn: RunningTurn, outcome: Outcome, given: Partial<Receipt> = {}): Receipt {
  return {
    version: 1, id: turn.turnId.replace('t_', 'r_'), turn_id: turn.turnId, conversation_id: turn.conversationId, message_id: turn.messageId,
    response_id: turn.responseId, agent_id: turn.agentId, outcome, failure_code: outcome === 'interrupted' ? 'server_crashed' : null,
    requested_model: turn.requestedModel, provider: 'openai', model: 'gpt-4o-mini', attempts: [attempt()],
    usage: { input: 12, cached_input: null, output: 5, reasoning: null, estimated: outcome === 'interrupted' }, cost: 0.000004, confidence: null,
    context: { messages: 2, estimated_tokens: 12, left_out: 0 },
    timings: { accepted_at: isoTime(turn.openedAt), closed_at: isoTime(morning + 1000), context_ms: 2, first_delta_ms: 400, total_ms: 1000 }, ...given,
  }
}

export function settlement(turn: RunningTurn, rows: readonly DeltaRow[], outcome: Outcome = 'completed', given: Partial<SettleTurn> = {}): SettleTurn {
  return {
    turnId: turn.turnId, fence: turn.fence, outcome,
    failure: outcome === 'interrupted' ? { code: 'server_crashed', message: 'The server stopped while answering.', retryable: true } : null,
    parts: partsOf(rows), rowLengths: rows.map((row) => (row.kind === 'text' ? row.text.length : -row.text.length)),
    receipt: receiptOf(turn, outcome), attempt: null, estimatedTokens: 5, now: morning + 1000, ...given,
  }
}

/** Opens a turn, writes its rows and settles it. */
export async function answer(store: Store, actor: Actor, given: Partial<OpenTurn> = {}, rows = textRows('Sunny', ' and warm.'), estimatedTokens = 5): Promise<RunningTurn> {
  const turn = await open(store, actor, given)
  await store.appendDeltas([{ turnId: turn.turnId, fence: turn.fence, rows }])
  await store.settleTurn(settlement(turn, rows, 'completed', { estimatedTokens }))
  return turn
}

/** What recovery does with a turn that its process left: it closes it with what its log holds. */
export function interruption(turn: AbandonedTurn): SettleTurn {
  return settlement(turn, turn.rows, 'interrupted')
}

/** Compacts the log from its beginning to its end. */
export async function compactAll(store: Store): Promise<void> {
  for (let after: number | null = 0; after !== null;) after = await store.compactLog(after)
}

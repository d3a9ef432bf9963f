/** From rows and receipts to the events that every wire shows. */
import type { Part } from '#protocol/message.ts'
import type { TurnEvent } from '#protocol/turn-events.ts'
import type { Failure, Receipt } from '#protocol/turn.ts'
import type { DeltaRow, TurnLog } from '../store/store.ts'

interface Place {
  readonly conversationId: string
  readonly turnId: string
  readonly responseId: string
}

export function deltaEvent(place: Place, epoch: string, row: DeltaRow): TurnEvent {
  return { type: 'chat.delta', payload: { ...cursor(place, epoch, row.seq), delta: row.text, index: row.seq, kind: row.kind } }
}

/** The terminal event: its seq is one more than the last row's. */
export function terminalEvent(receipt: Receipt, epoch: string, seq: number, content: string, failure: Failure | null): TurnEvent {
  const { outcome, provider, model, requested_model, usage, cost, confidence } = receipt
  const place = { conversationId: receipt.conversation_id, turnId: receipt.turn_id, responseId: receipt.response_id }
  const closing = {
    ...cursor(place, epoch, seq), outcome, provider, model, requested_model, token_count: usage?.output ?? null, usage, cost, confidence,
    receipt_id: receipt.id, reasoning_ms: receipt.timings.reasoning_ms ?? null, total_ms: receipt.timings.total_ms,
  }
  return failure
    ? { type: 'chat.failed', payload: { ...closing, ...failure } }
    : { type: 'chat.done', payload: { ...closing, content } }
}

/** Every event of a log that was read from the store. */
export function eventsOfLog({ turn, rows, receipt }: TurnLog): readonly TurnEvent[] {
  const place = { conversationId: turn.conversation_id, turnId: turn.id, responseId: turn.response_id }
  const deltas = rows.map((row) => deltaEvent(place, turn.epoch, row))
  const terminal = terminalOfLog({ turn, receipt }, rows)
  return terminal ? [...deltas, terminal] : deltas
}

/** The terminal event of a turn with these rows, all of them; null while it runs. */
export function terminalOfLog({ turn, receipt }: Pick<TurnLog, 'turn' | 'receipt'>, rows: readonly DeltaRow[]): TurnEvent | null {
  if (!receipt) return null
  const content = rows.filter((row) => row.kind === 'text').map((row) => row.text).join('')
  return terminalEvent(receipt, turn.epoch, rows.length + 1, content, turn.failure)
}

/** The parts of an answer: rows joined, neighbours of one kind together. */
export function partsOfRows(rows: readonly Pick<DeltaRow, 'kind' | 'text'>[]): Part[] {
  const parts: Part[] = []
  for (const { kind, text } of rows) {
    const last = parts.at(-1)
    if (last?.type === kind) last.text += text
    else parts.push({ type: kind, text })
  }
  return parts
}

function cursor(place: Place, epoch: string, seq: number) {
  return { conversation_id: place.conversationId, turn_id: place.turnId, response_id: place.responseId, epoch, seq }
}

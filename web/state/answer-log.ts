/**
 * The rows of one running turn, folded into text. Exactly once: every row carries (turn, epoch, seq), a row that was
 * seen is ignored, and a row that does not follow is not shown but asked for again.
 */
import type { ServerFramePayload } from '#protocol/chat-frames.ts'
import type { Message } from '#protocol/message.ts'
import type { ChatDone, ChatFailed, TurnEvent } from '#protocol/turn-events.ts'

export interface AnswerLog {
  readonly turn_id: string
  readonly response_id: string
  /** Null until the first row or the acknowledgement says it. */
  readonly epoch: string | null
  /** The last seq folded in; 0 before the first row. */
  readonly last: number
  readonly text: string
  readonly reasoning: string
  /** When the reasoning began, and when it was last added to or the text began, in milliseconds since 1970 by the server's clock. */
  readonly reasoned: { readonly from: number; readonly to: number } | null
  /** Grows when the text was replaced; equal means that text was only added. */
  readonly generation: number
  readonly state: 'following' | 'resuming' | 'closed'
}

/** What a row did: `gap` and `other_epoch` ask for a resume, `seen` changes nothing. */
export type RowVerdict = 'applied' | 'seen' | 'gap' | 'other_epoch'

/** A turn nothing is known of yet. */
export function emptyLog(turnId: string, responseId: string, epoch: string | null = null): AnswerLog {
  return { turn_id: turnId, response_id: responseId, epoch, last: 0, text: '', reasoning: '', reasoned: null, generation: 0, state: 'following' }
}

/** Folds one row in, or says why not. While a resume is under way a gap is not reported twice. */
export function applyRow(log: AnswerLog, event: TurnEvent, at: number | null = null): { readonly log: AnswerLog; readonly verdict: RowVerdict } {
  const { epoch, seq } = event.payload
  if (log.state === 'closed') return { log, verdict: 'seen' }
  if (log.epoch !== null && epoch !== log.epoch) return lost(log, 'other_epoch')
  if (seq <= log.last) return { log, verdict: 'seen' }
  if (seq !== log.last + 1) return lost(log, 'gap')
  return { log: { ...extend(log, event, at), epoch, last: seq }, verdict: 'applied' }
}

function lost(log: AnswerLog, verdict: 'gap' | 'other_epoch') {
  return log.state === 'resuming' ? { log, verdict: 'seen' as const } : { log: { ...log, state: 'resuming' as const }, verdict }
}

function extend(log: AnswerLog, event: TurnEvent, at: number | null): AnswerLog {
  if (event.type === 'chat.failed') return { ...log, state: 'closed' }
  if (event.type === 'chat.done') return { ...log, ...replaced(log, event.payload.content), state: 'closed' }
  const { kind, delta } = event.payload
  const reasoned = at === null || log.text !== '' || (kind === 'text' && log.reasoned === null) ? log.reasoned : { from: log.reasoned?.from ?? at, to: at }
  return kind === 'text' ? { ...log, reasoned, text: log.text + delta } : { ...log, reasoned, reasoning: log.reasoning + delta }
}

/** Only other text is a replacement: what already stands on the screen is not drawn again. */
function replaced(log: AnswerLog, text: string): Pick<AnswerLog, 'text' | 'generation'> {
  return text === log.text ? { text: log.text, generation: log.generation } : { text, generation: log.generation + 1 }
}

/** The answer to a resume: rows after `after` follow, or the whole message came instead. */
export function applyResumed(log: AnswerLog, resumed: ServerFramePayload<'chat.resumed'>): AnswerLog {
  if (log.state === 'closed') return log
  if (resumed.recovered || resumed.message === undefined) return { ...log, epoch: resumed.epoch, state: 'following' }
  const whole = resumed.message
  return {
    ...log,
    ...replaced(log, whole.content),
    reasoning: reasoningOf(whole),
    epoch: resumed.epoch,
    last: resumed.last,
    state: whole.outcome === null ? 'following' : 'closed',
  }
}

export function reasoningOf(message: Message): string {
  return message.parts.filter((part) => part.type === 'reasoning').map((part) => part.text).join('\n\n')
}

/** The stored message as its terminal row leaves it. */
export function closeMessage(message: Message, log: AnswerLog, event: { type: 'chat.done'; payload: ChatDone } | { type: 'chat.failed'; payload: ChatFailed }): Message {
  const { outcome, receipt_id, provider, model, requested_model, usage, cost, confidence, reasoning_ms, total_ms } = event.payload
  const failure = event.type === 'chat.failed' ? (({ code, message: sentence, retryable }) => ({ code, message: sentence, retryable }))(event.payload) : null
  const parts = [
    ...(log.reasoning === '' ? [] : [{ type: 'reasoning' as const, text: log.reasoning }]),
    ...(log.text === '' ? [] : [{ type: 'text' as const, text: log.text }]),
  ]
  return { ...message, parts, content: log.text, outcome, failure, receipt: { receipt_id, provider, model, requested_model, usage, cost, confidence, reasoning_ms, total_ms } }
}

import type { FailureCode, Usage } from '#protocol/turn.ts'
import type { FinishReason, ModelFailure, ModelPart } from '../models/language-model.ts'
import type { DeltaRow, EndAttempt, StartAttempt } from '../store/store.ts'
import type { Deadlines } from './deadlines.ts'
import { estimateUsage, mayHaveUsage } from './estimate-usage.ts'
import type { LiveTurn } from './live-turn.ts'
import type { TurnDeps } from './turn-deps.ts'

/** Characters an answer may have, reasoning included: an endless stream ends here. */
const answerCharacters = 1_000_000

/** Ends that leave nothing to show where no text came before them. */
const withheld: ReadonlySet<FinishReason> = new Set(['refused', 'filtered'])

/** What one attempt yields: its deltas into the log, and its figures for the attempt's row. */
export class ReceivedAnswer {
  readonly #deps: TurnDeps
  readonly #live: LiveTurn
  readonly #deadlines: Deadlines
  readonly #started: StartAttempt
  /** Without streaming, deltas wait here for the end. */
  readonly #held: { kind: DeltaRow['kind']; text: string }[] = []
  readonly #received = { text: '', reasoning: '' }
  #firstDeltaAt: number | null = null
  /** The first and the last moment of the reasoning: it ends where the text begins. */
  #reasoned: { readonly from: number; readonly to: number } | null = null
  #usage: Usage | null = null
  /** What the provider had counted before it came to its end. */
  #countedEarly: Usage | null = null

  constructor(deps: TurnDeps, live: LiveTurn, deadlines: Deadlines, started: StartAttempt) {
    this.#deps = deps
    this.#live = live
    this.#deadlines = deadlines
    this.#started = started
  }

  /** True once there was a delta: from then on no other attempt may follow. */
  get begun(): boolean {
    return this.#firstDeltaAt !== null
  }

  /** How long it reasoned before its text began, in milliseconds; null where it did not. */
  get reasoningMs(): number | null {
    return this.#reasoned && Math.round(this.#reasoned.to - this.#reasoned.from)
  }

  /** Resolves with what went wrong; null when the provider said it was done, or the turn was ended from outside. */
  async receive(stream: AsyncIterable<readonly ModelPart[]>): Promise<ModelFailure | null> {
    let failure: ModelFailure | null = ourFailure('provider_cut', 'the stream ended without saying how')
    try {
      for await (const parts of stream) {
        for (const part of parts) {
          if (part.type === 'text-delta') this.#delta('text', part.text)
          else if (part.type === 'reasoning-delta') this.#delta('reasoning', part.text)
          else if (part.type === 'failure') failure = part.failure
          else if (part.type === 'usage') this.#countedEarly = part.usage
          else if (part.type === 'finish') {
            failure = this.begun || !withheld.has(part.reason) ? null : ourFailure('answer_withheld', `the provider says ${part.reason}`)
            this.#usage = part.usage
          }
        }
        if (this.#live.endReason) break
      }
    } catch (error) {
      this.#deps.events.unexpected('reading a model', error)
      failure = ourFailure('internal', 'the adapter threw')
    }
    for (const { kind, text } of this.#held) this.#deps.logWriter.add(this.#live, kind, text)
    return this.#live.endReason ? null : failure
  }

  /** Closes the books of this attempt. What the provider did not count is counted here and marked as estimated. */
  close(failure: ModelFailure | null): EndAttempt {
    const { turnId, fence, n, provider, model } = this.#started
    const reason = this.#live.endReason
    const error: FailureCode | null = failure?.code ?? (reason?.kind === 'failed' ? reason.code : null)
    const ended: EndAttempt = {
      turnId, fence, n, error, state: this.#stateOf(error), providerStatus: failure?.status ?? null, firstDeltaAt: this.#firstDeltaAt,
      usage: this.#usageOf(error, failure?.status ?? null), now: this.#deps.clock.now(),
    }
    this.#deps.events.attemptEnded({
      turnId, provider, model, outcome: ended.state, error, providerStatus: ended.providerStatus, detail: failure?.detail ?? null,
      firstDeltaMs: this.#firstDeltaAt && this.#firstDeltaAt - this.#started.now, totalMs: ended.now - this.#started.now, usage: ended.usage,
    })
    return ended
  }

  #usageOf(error: FailureCode | null, status: number | null): Usage | null {
    if (this.#usage) return this.#usage
    const beforehand = this.#begunOrRead(error, status) ? (this.#started.usage ?? null) : null
    const counted = this.#countedEarly && { ...this.#countedEarly, input: this.#countedEarly.input ?? beforehand?.input ?? null }
    return estimateUsage(this.#started.provider, this.#received, counted ?? beforehand)
  }

  #begunOrRead(error: FailureCode | null, status: number | null): boolean {
    return this.begun || mayHaveUsage(error, status)
  }

  #stateOf(error: FailureCode | null): EndAttempt['state'] {
    const reason = this.#live.endReason?.kind
    if (reason === 'stopped') return 'stopped'
    if (error === null && reason !== 'lease-lost') return 'completed'
    return this.begun ? 'interrupted' : 'failed'
  }

  #delta(kind: DeltaRow['kind'], text: string): void {
    if (text === '' || this.#live.endReason) return
    if (this.#received.text === '') this.#clockReasoning(kind)
    this.#received[kind] += text
    if (this.#received.text.length + this.#received.reasoning.length > answerCharacters) {
      this.#live.end({ kind: 'failed', code: 'answer_too_large' })
      return
    }
    this.#firstDeltaAt ??= this.#deps.clock.now()
    this.#deadlines.delta()
    if (this.#deps.settings.streaming) this.#deps.logWriter.add(this.#live, kind, text)
    else this.#hold(kind, text)
  }

  #clockReasoning(kind: DeltaRow['kind']): void {
    const now = this.#deps.clock.monotonic()
    if (kind === 'reasoning' || this.#reasoned) this.#reasoned = { from: this.#reasoned?.from ?? now, to: now }
  }

  /** The whole answer as one delta; its reasoning, where there is any, is one of its own. */
  #hold(kind: DeltaRow['kind'], text: string): void {
    const held = this.#held.find((delta) => delta.kind === kind)
    if (held) held.text += text
    else this.#held.push({ kind, text })
  }
}

function ourFailure(code: FailureCode, detail: string): ModelFailure {
  return { code, status: null, retryAfterMs: null, detail }
}

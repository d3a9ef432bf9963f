import type { FailureCode, Usage } from '#protocol/turn.ts'
import { WholeCharacters } from '../lib/whole-characters.ts'
import type { FinishReason, ModelFailure, ModelPart, ToolCall } from './language-model.ts'

/** A model that asks for more than this in one answer is not understood. */
const mostToolCalls = 128

/**
 * One answer as it grows: what an adapter reads off the wire goes in, parts as the port promises them come out. Nothing on the
 * wire is trusted: a value of an unexpected type is as good as absent.
 */
export class GrowingAnswer {
  readonly #status: number
  readonly #text = new WholeCharacters()
  readonly #reasoning = new WholeCharacters()
  #parts: ModelPart[] = []
  #toolCalls = 0
  #usage: Usage | null = null
  #closed = false
  #finished = false

  /** `status`: the HTTP status it came with; 0 while there is none. */
  constructor(status: number) {
    this.#status = status
  }

  /** The last part is there, and nothing after it counts. */
  get closed(): boolean {
    return this.#closed
  }

  /** It closed because the terminator came. */
  get finished(): boolean {
    return this.#finished
  }

  /** Parts that wait to be taken. */
  get waiting(): number {
    return this.#parts.length
  }

  /** The parts since the last call, in order. */
  take(): readonly ModelPart[] {
    const parts = this.#parts
    this.#parts = []
    return parts
  }

  text(delta: unknown): void {
    if (typeof delta === 'string') this.#delta('text-delta', this.#text.add(delta))
  }

  reasoning(delta: unknown): void {
    if (typeof delta === 'string') this.#delta('reasoning-delta', this.#reasoning.add(delta))
  }

  toolCall(call: ToolCall): void {
    if (this.#closed) return
    this.#toolCalls += 1
    if (this.#toolCalls > mostToolCalls) return this.fail('provider_malformed', 'tool calls beyond measure')
    if (call.name === '') return this.fail('provider_malformed', 'a tool call without a name')
    this.#parts.push({ type: 'tool-call', ...call, id: call.id || `call_${this.#toolCalls}` })
  }

  logProbabilities(values: readonly number[]): void {
    if (!this.#closed && values.length > 0) this.#parts.push({ type: 'log-probabilities', values })
  }

  /** What the provider has counted so far. `early`: more of the answer follows, so it is worth a part of its own. */
  usage(usage: Usage, early: boolean): void {
    if (this.#closed) return
    this.#usage = usage
    if (early) this.#parts.push({ type: 'usage', usage })
  }

  /** The terminator came. */
  finish(reason: FinishReason): void {
    if (this.#closed) return
    this.#delta('reasoning-delta', this.#reasoning.rest())
    this.#delta('text-delta', this.#text.rest())
    this.#parts.push({ type: 'finish', reason, usage: this.#usage })
    this.#finished = true
    this.#closed = true
  }

  fail(code: FailureCode, detail: string): void {
    this.close({ code, status: this.#status, retryAfterMs: null, detail })
  }

  close(failure: ModelFailure): void {
    if (this.#closed) return
    this.#parts.push({ type: 'failure', failure })
    this.#closed = true
  }

  #delta(type: 'text-delta' | 'reasoning-delta', text: string): void {
    if (text !== '' && !this.#closed) this.#parts.push({ type, text })
  }
}

/** The far side of the network: models that say what the schedule tells them, when it tells them. */
import type { Part } from '#protocol/message.ts'
import type { FailureCode } from '#protocol/turn.ts'
import type { LanguageModel, ModelPart, ModelRequest, ModelShelf } from '../../../server/models/language-model.ts'
import { partsOfRows } from '../../../server/turn/turn-events.ts'

/** How a call can end from the provider's side. */
export type CallEnd = 'finish' | 'cut' | 'silent-cut' | 'fail' | 'throw'

/** What the schedule's failures are called in a receipt; null where there is none. */
export const failureOfEnd: Readonly<Record<CallEnd, FailureCode | null>> = {
  finish: null, cut: 'provider_cut', 'silent-cut': 'provider_cut', fail: 'provider_overloaded', throw: 'internal',
}

/** Pieces of answers: repeats, characters of several units whole and in halves, and what other formats would stumble over. */
const pieces = [
  '1', '0', '0', '0', ' und', ' the', '\n\n', 'é', '日本', '🙂', '\ud83d', '\ude42', '', 'data: [DONE]\n', '\u2028', '"}', '\0',
]

/** One call of a model, from the provider's side. */
export class ProviderCall {
  readonly messageId: string
  readonly said: { kind: Part['type']; text: string }[] = []
  end: CallEnd | null = null
  #aborted = false
  readonly #reads: (readonly ModelPart[])[] = []
  #wake: () => void = () => {}

  constructor(messageId: string) {
    this.messageId = messageId
  }

  get open(): boolean {
    return this.end === null && !this.#aborted
  }

  /** Whether it brought text: from then on no other call may follow. */
  get begun(): boolean {
    return this.said.some(({ text }) => text !== '')
  }

  /** What an answer made of all this is. */
  get parts(): readonly Part[] {
    return partsOfRows(this.said.filter(({ text }) => text !== '')).map((part) => ({ ...part, text: part.text.toWellFormed() }))
  }

  /** Everything given arrives in one network read. */
  say(chosen: readonly number[], kind: Part['type'], end: CallEnd | null = null): void {
    const texts = chosen.map((choice) => pieces[choice % pieces.length]!)
    this.said.push(...texts.map((text) => ({ kind, text })))
    const parts = texts.map((text): ModelPart => ({ type: `${kind}-delta`, text }))
    this.end = end
    this.#reads.push(end === null ? parts : [...parts, ...lastParts[end]])
    this.#wake()
  }

  /** Our side closed the connection, or died. */
  abort(): void {
    this.#aborted = true
    this.#wake()
  }

  async *stream(): AsyncGenerator<readonly ModelPart[]> {
    while (!this.#aborted) {
      const read = this.#reads.shift()
      if (read) yield read
      else if (this.end === 'throw') throw new Error('the schedule broke the adapter')
      else if (this.end !== null) return
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}

const lastParts: Readonly<Record<CallEnd, readonly ModelPart[]>> = {
  finish: [{ type: 'finish', reason: 'complete', usage: { input: 7, cached_input: null, output: 3, reasoning: null, estimated: false } }],
  cut: [{ type: 'failure', failure: { code: 'provider_cut', status: null, retryAfterMs: null, detail: 'the schedule cut it' } }],
  'silent-cut': [],
  fail: [{ type: 'failure', failure: { code: 'provider_overloaded', status: 503, retryAfterMs: null, detail: 'the schedule failed it' } }],
  throw: [],
}

export class ScriptedProvider {
  readonly calls: ProviderCall[] = []

  /** The shelf of one server process; `hangUp` is what its death does to its connections. */
  shelf(): { readonly models: ModelShelf; readonly hangUp: () => void } {
    const own: ProviderCall[] = []
    const stream = (request: ModelRequest, signal: AbortSignal) => {
      const call = new ProviderCall(request.asker.messageId)
      this.calls.push(call)
      own.push(call)
      if (signal.aborted) call.abort()
      else signal.addEventListener('abort', () => call.abort(), { once: true })
      return call.stream()
    }
    const find = (provider: string, model: string): LanguageModel => ({ provider, model, stream })
    return { models: { configured: ['openai', 'anthropic', 'google'], find }, hangUp: () => own.forEach((call) => call.abort()) }
  }

  callsFor(messageId: string): readonly ProviderCall[] {
    return this.calls.filter((call) => call.messageId === messageId)
  }
}

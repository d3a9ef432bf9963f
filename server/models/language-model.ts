/**
 * The port to whatever can answer. An adapter turns one request into parts and nothing else: it keeps no state between
 * calls, never retries, and never throws once asked: what goes wrong is the stream's last part.
 */
import type { Language } from '#protocol/primitives.ts'
import type { FailureCode, Usage } from '#protocol/turn.ts'
import type { Actor } from '../lib/actor.ts'

export interface ModelMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

export interface ModelRequest {
  readonly messages: readonly ModelMessage[]
  /** 0 to 2. */
  readonly temperature: number
  /** Tokens the answer may have at most. */
  readonly maxTokens: number
  /** Who asks, in which conversation and language. Models on the network never see it. */
  readonly asker: Actor & { readonly conversationId: string; readonly messageId: string; readonly language: Language }
}

/** `truncated`: the model hit a limit of tokens. `refused`: the model would not answer. `filtered`: the provider held text back. */
export type FinishReason = 'complete' | 'truncated' | 'refused' | 'filtered' | 'tool-calls' | 'other'

/** A call that a model asks for, whole. */
export interface ToolCall {
  readonly id: string
  readonly name: string
  /** As the model wrote them: JSON, or what it took for JSON. */
  readonly arguments: string
  /** `provider`: the provider runs it by itself, and nobody waits for a result from us. */
  readonly runBy: 'us' | 'provider'
}

export interface ModelFailure {
  readonly code: FailureCode
  /** The provider's HTTP status, where there was one. */
  readonly status: number | null
  /** Milliseconds the provider asked us to wait, where it did. */
  readonly retryAfterMs: number | null
  /** For our own log: no key, no text of the user or of the provider's body. */
  readonly detail: string
}

/**
 * A stream is any of the first five, in the order they came, then exactly one `finish` or `failure`. A stream cut before its
 * terminator ends in `failure` with code `provider_cut`. Deltas are well-formed: no half characters.
 */
export type ModelPart =
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  | ({ readonly type: 'tool-call' } & ToolCall)
  /** How likely each token of the text was, in the order of the tokens: natural logarithms, 0 or less. */
  | { readonly type: 'log-probabilities'; readonly values: readonly number[] }
  /** What the provider has counted so far. A later one replaces it, and so does that of the finish: for answers that are cut or stopped. */
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'finish'; readonly reason: FinishReason; readonly usage: Usage | null }
  | { readonly type: 'failure'; readonly failure: ModelFailure }

/** A pause in which a model is not asked. */
export interface Rest {
  readonly why: 'rate-limited' | 'failing' | 'busy'
  /** What a call would come to. */
  readonly failure: ModelFailure
}

export interface LanguageModel {
  readonly provider: string
  readonly model: string
  /**
   * Parts in the order they came, those of one network read together. Aborting the signal closes the connection to the
   * provider at once; the stream then ends without a further part.
   */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<readonly ModelPart[]>
  /** Why a call made now would fail before it goes out; null, or no such method: it would go out. */
  rest?(): Rest | null
  /** Where it is reached by several keys: whether one is left that nothing speaks against. */
  readonly hasSoundKey?: boolean
}

/** Which models can be called now, by provider. `librarian` is always there. */
export interface ModelShelf {
  /** Provider ids with a key, in order of preference; without the librarian. */
  readonly configured: readonly string[]
  /** Models that endpoints of any name said they offer, as `<provider>/<model>`: they stand behind every agent's route. */
  readonly offered?: readonly string[]
  /** Null when that provider has no key here. */
  find(provider: string, model: string): LanguageModel | null
}

import type { FailureCode, Usage } from '#protocol/turn.ts'
import type { FinishReason, ModelFailure, ModelPart } from '../language-model.ts'
import { isRecord } from './is-record.ts'
import { fromErrorEvent } from './openai-failures.ts'
import { ToolCallPieces } from './tool-call-pieces.ts'
import { WholeCharacters } from './whole-characters.ts'

const finishReasons: Readonly<Record<string, FinishReason>> = {
  stop: 'complete',
  length: 'truncated',
  content_filter: 'filtered',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
}

/**
 * One answer as it grows. It takes the objects of an OpenAI stream (or the one object of a complete answer) and makes parts
 * of them. Nothing in those objects is trusted: a field of an unexpected type is as good as absent.
 */
export class OpenAIAnswer {
  readonly #status: number
  readonly #text = new WholeCharacters()
  readonly #reasoning = new WholeCharacters()
  readonly #toolCalls = new ToolCallPieces()
  #parts: ModelPart[] = []
  #finishReason: FinishReason = 'other'
  #refused = false
  #usage: Usage | null = null
  #closed = false
  #finished = false

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

  /** One object of the stream. Objects without choices, usage or error are news of a kind we do not know, and pass. */
  chunk(value: Record<string, unknown>): void {
    if (this.#closed) return
    if (value.error) return this.close(fromErrorEvent(value.error, this.#status))
    this.#usage = usageIn(value) ?? this.#usage
    const choice: unknown = Array.isArray(value.choices) ? value.choices[0] : null
    if (!isRecord(choice)) return
    if (typeof choice.finish_reason === 'string') this.#finishReason = finishReasons[choice.finish_reason] ?? 'other'
    const delta = choice.delta ?? choice.message
    if (isRecord(delta)) this.#delta(delta)
  }

  /** The terminator came. */
  finish(): void {
    if (this.#closed) return
    this.#push('reasoning-delta', this.#reasoning.rest())
    this.#push('text-delta', this.#text.rest())
    const calls = this.#toolCalls.take()
    if (calls === null) return this.fail('provider_malformed', 'a tool call without a name')
    const reason = this.#refused && this.#finishReason === 'complete' ? 'filtered' : this.#finishReason
    this.#parts.push(...calls, { type: 'finish', reason, usage: this.#usage })
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

  #delta(delta: Record<string, unknown>): void {
    this.#add('reasoning-delta', delta.reasoning_content || delta.reasoning)
    if (Array.isArray(delta.content)) for (const part of delta.content) this.#contentPart(part)
    else this.#add('text-delta', delta.content)
    if (typeof delta.refusal === 'string' && delta.refusal !== '') {
      this.#refused = true
      this.#add('text-delta', delta.refusal)
    }
    if (!Array.isArray(delta.tool_calls)) return
    for (const piece of delta.tool_calls) {
      if (isRecord(piece) && !this.#toolCalls.add(piece)) return this.fail('provider_malformed', 'tool calls beyond measure')
    }
  }

  /** Some servers send content as typed parts, thinking among them. */
  #contentPart(part: unknown): void {
    if (!isRecord(part)) return
    if (part.type === 'text') this.#add('text-delta', part.text)
    if (part.type !== 'thinking' || !Array.isArray(part.thinking)) return
    for (const thought of part.thinking) if (isRecord(thought) && thought.type === 'text') this.#add('reasoning-delta', thought.text)
  }

  #add(type: 'text-delta' | 'reasoning-delta', value: unknown): void {
    if (typeof value !== 'string' || value === '') return
    this.#push(type, (type === 'text-delta' ? this.#text : this.#reasoning).add(value))
  }

  #push(type: 'text-delta' | 'reasoning-delta', text: string): void {
    if (text !== '') this.#parts.push({ type, text })
  }
}

/** Tokens as the provider counted them. Groq also reports them under its own name; DeepSeek names cached ones differently. */
function usageIn(value: Record<string, unknown>): Usage | null {
  const usage = value.usage ?? (isRecord(value.x_groq) ? value.x_groq.usage : null)
  if (!isRecord(usage)) return null
  const input = isRecord(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {}
  const output = isRecord(usage.completion_tokens_details) ? usage.completion_tokens_details : {}
  return {
    input: count(usage.prompt_tokens),
    cached_input: count(input.cached_tokens) ?? count(usage.prompt_cache_hit_tokens),
    output: count(usage.completion_tokens),
    reasoning: count(output.reasoning_tokens),
    estimated: false,
  }
}

function count(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null
}

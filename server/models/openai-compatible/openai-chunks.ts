import type { Usage } from '#protocol/turn.ts'
import type { GrowingAnswer } from '../growing-answer.ts'
import { isRecord } from '../is-record.ts'
import type { FinishReason } from '../language-model.ts'
import { fromErrorEvent } from '../provider-failures.ts'
import { tokenCount } from '../token-count.ts'
import { ToolCallPieces } from './tool-call-pieces.ts'

const finishReasons: Readonly<Record<string, FinishReason>> = {
  stop: 'complete',
  length: 'truncated',
  content_filter: 'filtered',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
}

/** Takes the objects of an OpenAI stream, or the one object of a complete answer, and tells the answer what they mean. */
export class OpenAIChunks {
  readonly #answer: GrowingAnswer
  readonly #status: number
  readonly #toolCalls = new ToolCallPieces()
  #finishReason: FinishReason = 'other'
  #refused = false

  constructor(answer: GrowingAnswer, status = 200) {
    this.#answer = answer
    this.#status = status
  }

  /** Objects without choices, usage or error are news of a kind we do not know, and pass: Azure's first is a verdict on the question. */
  take(value: Record<string, unknown>): void {
    if (value.error) return this.#answer.close(fromErrorEvent(value.error, this.#status))
    const usage = usageIn(value)
    if (usage) this.#answer.usage(usage, false)
    const choice: unknown = Array.isArray(value.choices) ? value.choices[0] : null
    if (!isRecord(choice)) return
    if (typeof choice.finish_reason === 'string') this.#finishReason = finishReasons[choice.finish_reason] ?? 'other'
    const delta = choice.delta ?? choice.message
    if (isRecord(delta)) this.#delta(delta)
    this.#answer.logProbabilities(logProbabilitiesIn(choice.logprobs))
  }

  /** The terminator came. */
  finish(): void {
    for (const call of this.#toolCalls.take()) this.#answer.toolCall({ ...call, runBy: 'us' })
    this.#answer.finish(this.#refused && this.#finishReason === 'complete' ? 'refused' : this.#finishReason)
  }

  #delta(delta: Record<string, unknown>): void {
    this.#answer.reasoning(delta.reasoning_content || delta.reasoning)
    if (Array.isArray(delta.content)) for (const part of delta.content) this.#contentPart(part)
    else this.#answer.text(delta.content)
    if (typeof delta.refusal === 'string' && delta.refusal !== '') {
      this.#refused = true
      this.#answer.text(delta.refusal)
    }
    if (!Array.isArray(delta.tool_calls)) return
    for (const piece of delta.tool_calls) {
      if (isRecord(piece) && !this.#toolCalls.add(piece)) return this.#answer.fail('provider_malformed', 'tool calls beyond measure')
    }
  }

  /** Some servers send content as typed parts, thinking among them. */
  #contentPart(part: unknown): void {
    if (!isRecord(part)) return
    if (part.type === 'text') this.#answer.text(part.text)
    if (part.type !== 'thinking' || !Array.isArray(part.thinking)) return
    for (const thought of part.thinking) if (isRecord(thought) && thought.type === 'text') this.#answer.reasoning(thought.text)
  }
}

/** Tokens as the provider counted them. Groq reports them under its own name too; DeepSeek names cached ones differently. */
function usageIn(value: Record<string, unknown>): Usage | null {
  const usage = value.usage ?? (isRecord(value.x_groq) ? value.x_groq.usage : null)
  if (!isRecord(usage)) return null
  const input = isRecord(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {}
  const output = isRecord(usage.completion_tokens_details) ? usage.completion_tokens_details : {}
  const cacheWrites = tokenCount(input.cache_write_tokens)
  return {
    input: tokenCount(usage.prompt_tokens),
    cached_input: tokenCount(input.cached_tokens) ?? tokenCount(usage.prompt_cache_hit_tokens),
    ...(cacheWrites !== null && { cache_write_input: cacheWrites }),
    output: tokenCount(usage.completion_tokens),
    reasoning: tokenCount(output.reasoning_tokens),
    estimated: false,
  }
}

/** Of the text's tokens, or of the refusal's: whichever there are. */
function logProbabilitiesIn(logprobs: unknown): readonly number[] {
  if (!isRecord(logprobs)) return []
  const tokens: readonly unknown[] = [logprobs.content, logprobs.refusal].flat()
  return tokens.flatMap((token) => (isRecord(token) && typeof token.logprob === 'number' ? [token.logprob] : []))
}

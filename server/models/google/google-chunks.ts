import type { Usage } from '#protocol/turn.ts'
import type { GrowingAnswer } from '../growing-answer.ts'
import { isRecord } from '../is-record.ts'
import type { FinishReason } from '../language-model.ts'
import { fromErrorEvent } from '../provider-failures.ts'
import { sumOfKnown, tokenCount } from '../token-count.ts'
import { FunctionCalls } from './function-calls.ts'

const finishReasons: Readonly<Record<string, FinishReason>> = {
  STOP: 'complete',
  MAX_TOKENS: 'truncated',
  CONTINUATION: 'truncated',
  SAFETY: 'filtered',
  IMAGE_SAFETY: 'filtered',
  RECITATION: 'filtered',
  BLOCKLIST: 'filtered',
  PROHIBITED_CONTENT: 'filtered',
  SPII: 'filtered',
}

/** What Google writes where a question was not blocked. */
const noBlocks = new Set<unknown>(['', 'BLOCK_REASON_UNSPECIFIED', 'BLOCKED_REASON_UNSPECIFIED'])

type Value = Record<string, unknown>

/** Takes the chunks of one answer, in order, and tells the answer what they mean. */
export class GoogleChunks {
  readonly #answer: GrowingAnswer
  readonly #calls: FunctionCalls
  #finishReason: FinishReason | null = null
  #blocked = false

  constructor(answer: GrowingAnswer) {
    this.#answer = answer
    this.#calls = new FunctionCalls((call) => answer.toolCall(call))
  }

  take(chunk: Value): void {
    if (chunk.error) return this.#answer.close(fromErrorEvent(chunk.error, 200))
    const { promptFeedback: verdict } = chunk
    if (isRecord(verdict) && typeof verdict.blockReason === 'string' && !noBlocks.has(verdict.blockReason)) this.#blocked = true
    const candidate: unknown = Array.isArray(chunk.candidates) ? chunk.candidates[0] : null
    // Each chunk counts all that came before it, so none is added to another. Some repeat what the last one said.
    if (isRecord(chunk.usageMetadata)) this.#answer.usage(usageIn(chunk.usageMetadata), !(isRecord(candidate) && candidate.finishReason))
    if (!this.#blocked && isRecord(candidate)) this.#candidate(candidate)
  }

  /** No more comes. Without a reason to finish the answer stays open. */
  end(): void {
    const reason = this.#blocked ? 'filtered' : this.#finishReason
    if (reason !== null) this.#answer.finish(reason)
  }

  #candidate({ content, finishReason }: Value): void {
    const parts: readonly unknown[] = isRecord(content) && Array.isArray(content.parts) ? content.parts : []
    for (const part of parts) if (isRecord(part)) this.#part(part)
    if (typeof finishReason === 'string') this.#finishReason = reasonOf(finishReason, this.#calls.any)
  }

  #part(part: Value): void {
    if (isRecord(part.executableCode) && part.executableCode.code) return this.#runByGoogle('code_execution', part.executableCode, '')
    if (part.codeExecutionResult) return
    if (typeof part.text === 'string') return part.thought === true ? this.#answer.reasoning(part.text) : this.#answer.text(part.text)
    if (isRecord(part.toolCall)) return this.#runByGoogle(String(part.toolCall.toolType), part.toolCall.args ?? {}, part.toolCall.id)
    if (isRecord(part.functionCall)) this.#calls.take(part.functionCall)
  }

  #runByGoogle(name: string, input: unknown, id: unknown): void {
    this.#answer.toolCall({ id: typeof id === 'string' ? id : '', name, arguments: JSON.stringify(input), runBy: 'provider' })
  }
}

function reasonOf(finishReason: string, hasCalls: boolean): FinishReason {
  if (finishReason === 'STOP' && hasCalls) return 'tool-calls'
  return Object.hasOwn(finishReasons, finishReason) ? finishReasons[finishReason]! : 'other'
}

/** Thoughts and the prompts of Google's own tools are counted apart; ours are all that goes in and all that comes out. */
function usageIn(counted: Value): Usage {
  const thoughts = tokenCount(counted.thoughtsTokenCount)
  return {
    input: sumOfKnown(tokenCount(counted.promptTokenCount), tokenCount(counted.toolUsePromptTokenCount)),
    cached_input: tokenCount(counted.cachedContentTokenCount),
    output: sumOfKnown(tokenCount(counted.candidatesTokenCount), thoughts),
    reasoning: thoughts,
    estimated: false,
  }
}

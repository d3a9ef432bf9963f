import type { GrowingAnswer } from '../growing-answer.ts'
import { isRecord } from '../is-record.ts'
import type { FinishReason, ToolCall } from '../language-model.ts'
import { fromErrorEvent } from '../provider-failures.ts'
import { AnthropicUsage } from './anthropic-usage.ts'

const finishReasons: Readonly<Record<string, FinishReason>> = {
  end_turn: 'complete',
  stop_sequence: 'complete',
  pause_turn: 'complete',
  max_tokens: 'truncated',
  model_context_window_exceeded: 'truncated',
  refusal: 'refused',
  tool_use: 'tool-calls',
}

/** Blocks that are calls of tools, and who runs them. */
const callBlocks: Readonly<Record<string, ToolCall['runBy']>> = {
  tool_use: 'us',
  server_tool_use: 'provider',
  mcp_tool_use: 'provider',
}

/** Arguments of one call that are not understood any more. */
const mostArguments = 1024 * 1024

interface OpenCall {
  readonly id: string
  readonly name: string
  readonly runBy: ToolCall['runBy']
  arguments: string
}

type Value = Record<string, unknown>

/**
 * Takes the events of one message, in order, and tells the answer what they mean. Events, blocks and deltas of a kind that is not
 * listed here pass: Anthropic adds some from time to time.
 */
export class AnthropicEvents {
  readonly #answer: GrowingAnswer
  readonly #usage = new AnthropicUsage()
  /** Calls whose arguments are still coming, by the index of their block. */
  readonly #calls = new Map<unknown, OpenCall>()
  #messageId: unknown
  #finishReason: FinishReason = 'other'

  readonly #handlers: Readonly<Record<string, (event: Value) => void>> = {
    message_start: ({ message }) => isRecord(message) && this.#start(message),
    content_block_start: ({ index, content_block }) => isRecord(content_block) && this.#open(index, content_block),
    content_block_delta: ({ index, delta }) => isRecord(delta) && this.#grow(index, delta),
    content_block_stop: ({ index }) => this.#close(index),
    message_delta: (event) => this.#turn(event),
    message_stop: () => this.#answer.finish(this.#finishReason),
    error: ({ error }) => this.#answer.close(fromErrorEvent(error, 200)),
  }

  constructor(answer: GrowingAnswer) {
    this.#answer = answer
  }

  take(event: Value): void {
    const { type } = event
    if (typeof type === 'string' && Object.hasOwn(this.#handlers, type)) this.#handlers[type]!(event)
  }

  #start(message: Value): void {
    if (this.#messageId !== undefined) {
      // A proxy may say twice that a message begins; another message inside this one means nothing.
      if (this.#messageId !== message.id) this.#answer.fail('provider_malformed', 'a message inside a message')
      return
    }
    this.#messageId = message.id ?? null
    this.#tellUsage(message.usage, true)
    if (typeof message.stop_reason === 'string') this.#finishReason = reasonOf(message.stop_reason)
    const blocks: readonly unknown[] = Array.isArray(message.content) ? message.content : []
    for (const block of blocks.filter(isRecord)) {
      if (block.type === 'tool_use') this.#answer.toolCall(callOf(block, 'us', inputOf(block) || '{}'))
    }
  }

  #open(index: unknown, block: Value): void {
    const type = String(block.type)
    if (type === 'compaction' && typeof block.signature === 'string') this.#answer.text(block.content)
    const runBy = Object.hasOwn(callBlocks, type) ? callBlocks[type] : undefined
    if (runBy) this.#calls.set(index, callOf(block, runBy, inputOf(block)))
  }

  #grow(index: unknown, delta: Value): void {
    if (delta.type === 'text_delta') this.#answer.text(delta.text)
    else if (delta.type === 'thinking_delta') this.#answer.reasoning(delta.thinking)
    else if (delta.type === 'compaction_delta') this.#answer.text(delta.content)
    else if (delta.type === 'input_json_delta' && typeof delta.partial_json === 'string') this.#growCall(index, delta.partial_json)
  }

  #growCall(index: unknown, piece: string): void {
    const call = this.#calls.get(index)
    if (!call) return
    call.arguments += piece
    if (call.arguments.length > mostArguments) this.#answer.fail('provider_malformed', 'arguments beyond measure')
  }

  /** A tool without parameters is called without any. */
  #close(index: unknown): void {
    const call = this.#calls.get(index)
    this.#calls.delete(index)
    if (call) this.#answer.toolCall({ ...call, arguments: call.arguments || '{}' })
  }

  #turn({ delta, usage }: Value): void {
    this.#finishReason = reasonOf(isRecord(delta) ? delta.stop_reason : null)
    this.#tellUsage(usage, false)
  }

  #tellUsage(usage: unknown, early: boolean): void {
    if (isRecord(usage)) this.#answer.usage(this.#usage.add(usage), early)
  }
}

function callOf(block: Value, runBy: ToolCall['runBy'], text: string): OpenCall {
  const word = (value: unknown) => (typeof value === 'string' ? value : '')
  return { id: word(block.id), name: word(block.name), runBy, arguments: text }
}

/** Arguments that come with the block itself; '' when they come in deltas. */
function inputOf({ input }: Value): string {
  return isRecord(input) && Object.keys(input).length > 0 ? JSON.stringify(input) : ''
}

function reasonOf(stopReason: unknown): FinishReason {
  return typeof stopReason === 'string' && Object.hasOwn(finishReasons, stopReason) ? finishReasons[stopReason]! : 'other'
}

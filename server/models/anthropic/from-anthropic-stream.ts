import { type ByteReader, readDocument, readEvents } from '../event-stream.ts'
import type { Dialect } from '../exchange.ts'
import type { GrowingAnswer } from '../growing-answer.ts'
import { isRecord } from '../is-record.ts'
import { AnthropicEvents } from './anthropic-events.ts'

export const anthropicDialect: Dialect = { stream: fromAnthropicStream, document: fromAnthropicDocument }

/** Server-sent events that end with one of type `message_stop` (https://docs.anthropic.com/en/api/messages-streaming). */
export function fromAnthropicStream(answer: GrowingAnswer): ByteReader {
  const events = new AnthropicEvents(answer)
  return readEvents(answer, {
    object: (value) => events.take(value),
    understands: (name) => name === undefined || name === 'error' || /^(message|content_block)_/.test(name),
  })
}

/** A message in one piece, told as the events that would have brought it. */
export function fromAnthropicDocument(answer: GrowingAnswer): ByteReader {
  return readDocument(answer, (message) => {
    if (!isRecord(message) || !(message.type === 'error' || Array.isArray(message.content))) return false
    const events = new AnthropicEvents(answer)
    if (message.type === 'error') events.take(message)
    else for (const event of eventsOf(message)) events.take(event)
    return true
  })
}

function* eventsOf(message: Record<string, unknown>): Generator<Record<string, unknown>> {
  const blocks: readonly unknown[] = Array.isArray(message.content) ? message.content : []
  for (const [index, block] of blocks.entries()) {
    if (!isRecord(block)) continue
    yield { type: 'content_block_start', index, content_block: block }
    if (block.type === 'text') yield { type: 'content_block_delta', index, delta: { type: 'text_delta', text: block.text } }
    if (block.type === 'thinking') yield { type: 'content_block_delta', index, delta: { type: 'thinking_delta', thinking: block.thinking } }
    yield { type: 'content_block_stop', index }
  }
  yield { type: 'message_delta', delta: { stop_reason: message.stop_reason }, usage: message.usage }
  yield { type: 'message_stop' }
}

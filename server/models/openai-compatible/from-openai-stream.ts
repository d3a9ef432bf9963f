import { type ByteReader, readDocument, readEvents } from '../event-stream.ts'
import type { Dialect } from '../exchange.ts'
import type { GrowingAnswer } from '../growing-answer.ts'
import { isRecord } from '../is-record.ts'
import { OpenAIChunks } from './openai-chunks.ts'

export const openAIDialect: Dialect = { stream: fromOpenAIStream, document: fromOpenAIDocument }

/** Server-sent events that end with `data: [DONE]` (https://platform.openai.com/docs/api-reference/chat-streaming). */
export function fromOpenAIStream(answer: GrowingAnswer): ByteReader {
  const chunks = new OpenAIChunks(answer)
  return readEvents(answer, {
    object: (value, name) => chunks.take(name === 'error' && !value.error ? { error: value } : value),
    word(data) {
      if (data !== '[DONE]') return false
      chunks.finish()
      return true
    },
    understands: (name) => name === undefined || name === 'error',
  })
}

export function fromOpenAIDocument(answer: GrowingAnswer): ByteReader {
  return readDocument(answer, (value) => {
    if (!isRecord(value) || !(value.error || Array.isArray(value.choices))) return false
    const chunks = new OpenAIChunks(answer)
    chunks.take(value)
    chunks.finish()
    return true
  })
}

import { type ByteReader, readDocument, readEvents } from '../event-stream.ts'
import type { Dialect } from '../exchange.ts'
import type { GrowingAnswer } from '../growing-answer.ts'
import { isRecord } from '../is-record.ts'
import { GoogleChunks } from './google-chunks.ts'

export const googleDialect: Dialect = { stream: fromGoogleStream, document: fromGoogleDocument }

/**
 * Server-sent events (https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent). The one that names a
 * reason to finish is the terminator, but what was counted may come after it, so the answer is over when the body is.
 */
export function fromGoogleStream(answer: GrowingAnswer): ByteReader {
  const chunks = new GoogleChunks(answer)
  return readEvents(answer, {
    object: (value) => chunks.take(value),
    understands: (name) => name === undefined,
    end: () => chunks.end(),
  })
}

/** The chunks in one list, as Google sends them to whoever does not ask for events; or a single one. */
export function fromGoogleDocument(answer: GrowingAnswer): ByteReader {
  return readDocument(answer, (value) => {
    const list = (Array.isArray(value) ? value : [value]).filter(isRecord)
    if (!list.some((chunk) => chunk.error || chunk.candidates || chunk.promptFeedback)) return false
    const chunks = new GoogleChunks(answer)
    for (const chunk of list) chunks.take(chunk)
    chunks.end()
    return answer.closed
  })
}

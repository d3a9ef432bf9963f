import { StringDecoder } from 'node:string_decoder'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import type { GrowingAnswer } from './growing-answer.ts'
import { isRecord } from './is-record.ts'

/** Takes the bytes of one answer as they come and hands what they mean to the answer. */
export interface ByteReader {
  read(bytes: Buffer): void
  /** No more bytes come: the body ended, or its connection was cut. */
  end(cut: boolean): void
}

/** How the events of one protocol are read. */
export interface EventHandlers {
  /** One object of the stream, and the name of its event where it has one. */
  object(value: Record<string, unknown>, name: string | undefined): void
  /** Data that is no JSON but a word of the protocol: true when it was understood. */
  word?(data: string): boolean
  /** Whether an event of this name must hold an object. Others may carry anything. */
  understands(name: string | undefined): boolean
  /** All was read, and the answer is still open. What stays open after it was cut before its terminator. */
  end?(): void
}

/** Characters a line, and the event it belongs to, may have. Nothing longer is kept in memory. */
const longestEvent = 1024 * 1024
/** Bytes a complete answer may have that was sent in one piece. */
const largestAnswer = 4 * 1024 * 1024

/**
 * Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) whose data is JSON. However the bytes
 * are cut into reads, the objects are the same.
 */
export function readEvents(answer: GrowingAnswer, handlers: EventHandlers): ByteReader {
  const decoder = new StringDecoder('utf8')
  let ended = false
  const parser = createParser({
    maxBufferSize: longestEvent,
    onEvent: (event) => takeEvent(answer, handlers, event, ended),
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') answer.fail('provider_malformed', 'a line over 1 MiB')
    },
  })
  return {
    read(bytes) {
      if (!answer.closed) parser.feed(decoder.write(bytes))
    },
    end() {
      if (answer.closed) return
      ended = true
      // The last line may lack its end, and the last event its empty line.
      parser.feed('\n\n')
      if (!answer.closed) handlers.end?.()
      answer.fail('provider_cut', 'the stream ended without its terminator')
    },
  }
}

function takeEvent(answer: GrowingAnswer, handlers: EventHandlers, { data, event: name }: EventSourceMessage, ended: boolean): void {
  if (answer.closed || data === '' || handlers.word?.(data)) return
  const value = parseJson(data)
  if (isRecord(value)) return handlers.object(value, name)
  // Half an event at the end of the body is a cut, not nonsense.
  if (!ended && handlers.understands(name)) answer.fail('provider_malformed', 'an event that is not a JSON object')
}

/** A complete answer from a provider that was asked for a stream and did not send one. `take`: false when the JSON holds no answer. */
export function readDocument(answer: GrowingAnswer, take: (value: unknown) => boolean): ByteReader {
  const pieces: Buffer[] = []
  let size = 0
  return {
    read(bytes) {
      size += bytes.length
      if (size > largestAnswer) return answer.fail('provider_malformed', 'an answer over 4 MiB')
      pieces.push(bytes)
    },
    end(cut) {
      if (cut) return answer.fail('provider_cut', 'the connection was cut')
      if (!take(parseJson(Buffer.concat(pieces).toString()))) answer.fail('provider_malformed', 'no answer in the JSON')
    },
  }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

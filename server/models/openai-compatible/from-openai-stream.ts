import { StringDecoder } from 'node:string_decoder'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { isRecord } from './is-record.ts'
import type { OpenAIAnswer } from './openai-answer.ts'

/** Takes the bytes of one answer as they come and hands what they mean to the answer. */
export interface ByteReader {
  read(bytes: Buffer): void
  /** No more bytes come: the body ended, or its connection was cut. */
  end(cut: boolean): void
}

/** Characters a line, and the event it belongs to, may have. Nothing longer is kept in memory. */
const longestEvent = 1024 * 1024
/** Bytes a complete answer may have that was sent in one piece. */
const largestAnswer = 4 * 1024 * 1024

/**
 * Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) that end with `data: [DONE]`.
 * However the bytes are cut into reads, the parts are the same.
 */
export function fromOpenAIStream(answer: OpenAIAnswer): ByteReader {
  const decoder = new StringDecoder('utf8')
  let ended = false
  const parser = createParser({
    maxBufferSize: longestEvent,
    onEvent: (event) => takeEvent(answer, event, ended),
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
      answer.fail('provider_cut', 'the stream ended without [DONE]')
    },
  }
}

function takeEvent(answer: OpenAIAnswer, event: EventSourceMessage, ended: boolean): void {
  if (answer.closed || event.data === '') return
  if (event.data === '[DONE]') return answer.finish()
  const value = parse(event.data)
  if (isRecord(value)) return answer.chunk(event.event === 'error' && !value.error ? { error: value } : value)
  // Events of a kind we do not know may carry anything; half an event at the end of the body is a cut.
  if (ended || (event.event !== undefined && event.event !== 'error')) return
  answer.fail('provider_malformed', 'an event that is not a JSON object')
}

/** A complete answer from a provider that was asked for a stream and did not send one. */
export function fromOpenAIDocument(answer: OpenAIAnswer): ByteReader {
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
      const value = parse(Buffer.concat(pieces).toString())
      const isAnswer = isRecord(value) && (value.error || Array.isArray(value.choices))
      if (!isAnswer) return answer.fail('provider_malformed', 'no answer in the JSON')
      answer.chunk(value)
      answer.finish()
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

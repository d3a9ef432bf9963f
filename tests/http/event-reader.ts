import { createParser, type EventSourceMessage } from 'eventsource-parser'
import type { Person } from '../support/start-app.ts'

export interface ReadEvent {
  readonly id: string
  readonly type: string
  readonly payload: any
}

export interface EventReader {
  readonly status: number
  readonly headers: Headers
  /** Events so far. */
  readonly events: readonly ReadEvent[]
  /** Reads until there are so many events, or the stream ends. */
  upTo(count: number): Promise<readonly ReadEvent[]>
  /** Reads until the stream ends. */
  all(): Promise<readonly ReadEvent[]>
  close(): void
}

/** Follows a turn as an EventSource does. */
export async function readEvents(url: string, person: Pick<Person, 'token'>, headers: Record<string, string> = {}): Promise<EventReader> {
  const abort = new AbortController()
  const response = await fetch(url, { signal: abort.signal, headers: { authorization: `Bearer ${person.token}`, accept: 'text/event-stream', ...headers } })
  const events: ReadEvent[] = []
  const parser = createParser({ onEvent: (event) => void events.push(toEvent(event)) })
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  const read = async () => {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
    if (value) parser.feed(decoder.decode(value, { stream: true }))
    return !done
  }
  return {
    status: response.status, headers: response.headers, events,
    async upTo(count) {
      while (events.length < count && (await read()));
      return events
    },
    async all() {
      while (await read());
      return events
    },
    close: () => abort.abort(),
  }
}

function toEvent({ id, event, data }: EventSourceMessage): ReadEvent {
  return { id: id ?? '', type: event ?? '', payload: JSON.parse(data) }
}

/** What the text deltas add up to. */
export function textOf(events: readonly ReadEvent[]): string {
  return events.filter(({ type, payload }) => type === 'chat.delta' && payload.kind === 'text').map(({ payload }) => payload.delta).join('')
}

export function seqsOf(events: readonly ReadEvent[]): readonly number[] {
  return events.map(({ payload }) => payload.seq)
}

import type { BrowserContext } from 'playwright-core'
import type { Payload } from './payloads.ts'

/** What the page steers by: ids, times, words of the protocol. Every other string of an answer is a text, and of a field that nobody has thought of yet. */
const steering = /(?:^|_)(?:id|ids|at|epoch|type|role|outcome|state|kind|code|mode|language|level|timestamp|events|stop|server_time)$/

/** The same value with a payload in the place of every text. */
export function poisoned(value: unknown, payload: string, key = ''): unknown {
  if (typeof value === 'string') return steering.test(key) ? value : payload
  if (Array.isArray(value)) return value.map((item) => poisoned(item, payload, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, poisoned(field, payload, name)]))
}

interface Listed {
  readonly id?: string
  readonly role?: string
  readonly [field: string]: unknown
}

/**
 * A server that is not to be trusted itself: each list that the page asks for becomes as long as there are payloads, one in every
 * text of each item. Messages are a tree and stay as many as they are; their answers end with an error that says a payload.
 */
export async function poisonAnswers(context: BrowserContext, payloads: readonly Payload[]): Promise<void> {
  await context.route(/\/api\/v1\//, async (route) => {
    if (route.request().method() !== 'GET') return route.fallback()
    const response = await route.fetch()
    const text = await response.text()
    if (!response.headers()['content-type']?.startsWith('application/json')) return route.fulfill({ response })
    const body = JSON.parse(text) as { readonly data?: readonly Listed[] }
    const one = payloads[0]!.text
    await route.fulfill({ response, json: body.data === undefined ? poisoned(body, one) : { ...body, data: poisonedList(body.data, payloads) } })
  })
}

function poisonedList(data: readonly Listed[], payloads: readonly Payload[]): readonly unknown[] {
  const [first] = data
  if (first === undefined) return data
  const at = (place: number) => payloads[place % payloads.length]!.text
  if (first.role !== undefined) return data.map((message, place) => poisonedMessage(message, at(place)))
  return payloads.map(({ text }, place) => withHit({ ...(poisoned(data[place] ?? first, text) as Listed), id: data[place]?.id ?? `${first.id}x${place}` }, text))
}

function poisonedMessage(message: Listed, text: string): unknown {
  const ended = message.role === 'assistant' ? { outcome: 'failed', failure: { code: 'provider_error', message: text, retryable: true } } : {}
  return { ...(poisoned(message, text) as object), ...ended, ...(message.role === 'assistant' && { parts: [{ type: 'reasoning', text }, { type: 'text', text }] }) }
}

/** Every third letter of a hit is marked, so that a tag is cut wherever it can be. */
function withHit(item: Listed, text: string): Listed {
  if (item['hit'] === undefined) return item
  const ranges = Array.from({ length: Math.min(30, Math.floor(text.length / 3)) }, (_, n) => [3 * n, 3 * n + 1])
  return { ...item, hit: { ...(item['hit'] as object), snippet: text, ranges } }
}

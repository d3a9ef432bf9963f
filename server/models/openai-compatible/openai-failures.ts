import type { FailureCode } from '#protocol/turn.ts'
import type { ModelFailure } from '../language-model.ts'
import { isRecord } from './is-record.ts'

/** What an HTTP status means for a turn. The first row that fits counts. */
const statusTable: readonly (readonly [from: number, to: number, code: FailureCode])[] = [
  [401, 401, 'provider_refused_key'],
  [403, 403, 'provider_refused_key'],
  [429, 429, 'provider_rate_limited'],
  [500, 599, 'provider_overloaded'],
]

/** What the `code` or `type` of an error event inside a stream means. What is not here is taken for trouble on their side. */
const errorEventTable: Readonly<Record<string, FailureCode>> = {
  authentication_error: 'provider_refused_key',
  context_length_exceeded: 'provider_rejected',
  insufficient_quota: 'provider_rate_limited',
  invalid_api_key: 'provider_refused_key',
  invalid_request_error: 'provider_rejected',
  permission_error: 'provider_refused_key',
  rate_limit_error: 'provider_rate_limited',
  rate_limit_exceeded: 'provider_rate_limited',
  requests: 'provider_rate_limited',
  tokens: 'provider_rate_limited',
}

export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>

/** The failure behind an answer whose status is not 200. `now` is in milliseconds since 1970. */
export function fromStatus(status: number, headers: ResponseHeaders, now: number): ModelFailure {
  return { code: codeOfStatus(status), status, retryAfterMs: retryAfter(headers, now), detail: `HTTP ${status}` }
}

/** The failure behind `{"error": …}` in a stream that began well. Nothing of its text is kept. */
export function fromErrorEvent(error: unknown, status: number): ModelFailure {
  const facts = isRecord(error) ? error : {}
  const number = [facts.code, facts.status].map(Number).find((value) => value >= 400 && value <= 599)
  const name = [facts.code, facts.type].find((value) => typeof value === 'string' && Object.hasOwn(errorEventTable, value))
  const code = number === undefined ? (errorEventTable[String(name)] ?? 'provider_overloaded') : codeOfStatus(number)
  return { code, status, retryAfterMs: null, detail: `an error event in the stream${number === undefined ? '' : ` (${number})`}` }
}

/** Milliseconds to wait, from `retry-after-ms` or `retry-after` (seconds or an HTTP date, RFC 9110 10.2.3); null when neither says. */
export function retryAfter(headers: ResponseHeaders, now: number): number | null {
  const precise = numberIn(headers['retry-after-ms'])
  if (precise !== null) return precise
  const seconds = numberIn(headers['retry-after'])
  if (seconds !== null) return Math.ceil(seconds * 1000)
  const text = String(headers['retry-after'])
  const date = text.endsWith('GMT') ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}

function codeOfStatus(status: number): FailureCode {
  return statusTable.find(([from, to]) => status >= from && status <= to)?.[2] ?? 'provider_rejected'
}

function numberIn(header: string | string[] | undefined): number | null {
  return typeof header === 'string' && /^\s*\d{1,9}(\.\d+)?\s*$/.test(header) ? Number(header) : null
}

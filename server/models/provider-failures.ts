import type { FailureCode } from '#protocol/turn.ts'
import { type ByteReader, parseJson } from './event-stream.ts'
import type { GrowingAnswer } from './growing-answer.ts'
import { isRecord } from './is-record.ts'
import type { ModelFailure } from './language-model.ts'

/** What an HTTP status means for a turn. The first row that fits counts. */
const statusTable: readonly (readonly [from: number, to: number, code: FailureCode])[] = [
  [401, 401, 'provider_refused_key'],
  [403, 403, 'provider_refused_key'],
  [408, 408, 'provider_overloaded'],
  [429, 429, 'provider_rate_limited'],
  [500, 599, 'provider_overloaded'],
]

/** What the names in a provider's error mean: OpenAI's and Anthropic's own, and the statuses of Google's RPC. */
const errorNames: Readonly<Record<string, FailureCode>> = {
  API_KEY_INVALID: 'provider_refused_key',
  authentication_error: 'provider_refused_key',
  invalid_api_key: 'provider_refused_key',
  permission_error: 'provider_refused_key',
  PERMISSION_DENIED: 'provider_refused_key',
  UNAUTHENTICATED: 'provider_refused_key',

  billing_error: 'provider_rate_limited',
  insufficient_quota: 'provider_rate_limited',
  rate_limit_error: 'provider_rate_limited',
  rate_limit_exceeded: 'provider_rate_limited',
  requests: 'provider_rate_limited',
  RESOURCE_EXHAUSTED: 'provider_rate_limited',
  tokens: 'provider_rate_limited',

  api_error: 'provider_overloaded',
  overloaded_error: 'provider_overloaded',
  timeout_error: 'provider_overloaded',
  UNAVAILABLE: 'provider_overloaded',

  context_length_exceeded: 'provider_rejected',
  FAILED_PRECONDITION: 'provider_rejected',
  INVALID_ARGUMENT: 'provider_rejected',
  invalid_request_error: 'provider_rejected',
  NOT_FOUND: 'provider_rejected',
  not_found_error: 'provider_rejected',
  OUT_OF_RANGE: 'provider_rejected',
  request_too_large: 'provider_rejected',
}

export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>

/** Of an error's body, no more than this is looked at. */
const largestError = 64 * 1024

/**
 * The failure behind an answer whose status is not 200, once its body is read as far as it says more. `now` is in milliseconds
 * since 1970.
 */
export function fromErrorResponse(answer: GrowingAnswer, status: number, headers: ResponseHeaders, now: number): ByteReader {
  const pieces: Buffer[] = []
  let size = 0
  const close = () => {
    const code = codeOfErrorBody(status, parseJson(Buffer.concat(pieces).toString()))
    answer.close({ code, status, retryAfterMs: retryAfter(headers, now), detail: `HTTP ${status}` })
  }
  return {
    read(bytes) {
      size += bytes.length
      if (size > largestError) return close()
      pieces.push(bytes)
    },
    end: close,
  }
}

/**
 * The failure behind an error inside a stream that began well. Nothing of its text is kept; what is not in the tables is taken for
 * trouble on their side.
 */
export function fromErrorEvent(error: unknown, status: number): ModelFailure {
  const facts = isRecord(error) ? error : {}
  const number = [facts.code, facts.status].map(Number).find((value) => value >= 400 && value <= 599)
  const code = number === undefined ? (codeOfNames(facts) ?? 'provider_overloaded') : codeOfStatus(number)
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

/** Google answers 400 to a key that it does not know: where a status says no more than "rejected", the body may. */
function codeOfErrorBody(status: number, body: unknown): FailureCode {
  const code = codeOfStatus(status)
  const [first] = Array.isArray(body) ? body : [body]
  const error = isRecord(first) ? first.error : null
  return code === 'provider_rejected' && isRecord(error) ? (codeOfNames(error) ?? code) : code
}

function codeOfNames(error: Readonly<Record<string, unknown>>): FailureCode | undefined {
  const details: readonly unknown[] = Array.isArray(error.details) ? error.details : []
  const reasons = details.map((detail) => (isRecord(detail) ? detail.reason : null))
  const names = [...reasons, error.code, error.type, error.status]
  const name = names.find((value) => typeof value === 'string' && Object.hasOwn(errorNames, value))
  return errorNames[String(name)]
}

function codeOfStatus(status: number): FailureCode {
  return statusTable.find(([from, to]) => status >= from && status <= to)?.[2] ?? 'provider_rejected'
}

function numberIn(header: string | string[] | undefined): number | null {
  return typeof header === 'string' && /^\s*\d{1,9}(\.\d+)?\s*$/.test(header) ? Number(header) : null
}

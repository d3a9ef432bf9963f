import type { Language } from '#protocol/primitives.ts'
import type { ProblemCode } from '#protocol/problem.ts'
import { StoreError } from '../../store/store.ts'
import type { BusinessEvents } from '../../telemetry/events.ts'
import { fieldProblems, InvalidFields } from '../field-problems.ts'
import { problemDetail, ProblemError } from '../problem.ts'

export interface SocketError {
  readonly code: ProblemCode
  readonly message: string
  readonly turn_id?: string
  readonly retry_after?: number
}

/** What a socket is told of an error. What nobody foresaw is logged and says nothing outside. */
export function toSocketError(error: unknown, language: Language, events: BusinessEvents): SocketError {
  const problem = toProblemError(error, language, events)
  const { turnId, retryAfter } = problem.facts
  return {
    code: problem.code, message: problemDetail(problem, language),
    ...(turnId !== undefined && { turn_id: turnId }), ...(retryAfter !== undefined && { retry_after: retryAfter }),
  }
}

function toProblemError(error: unknown, language: Language, events: BusinessEvents): ProblemError {
  if (error instanceof ProblemError) return error
  if (error instanceof InvalidFields) return new ProblemError('invalid', { errors: fieldProblems(error.issues, language) })
  events.unexpected('a socket frame', error)
  return new ProblemError(error instanceof StoreError ? error.code : 'internal')
}

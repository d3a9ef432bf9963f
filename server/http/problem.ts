import type { Language } from '#protocol/primitives.ts'
import { problemStatus, type Problem, type ProblemCode } from '#protocol/problem.ts'
import { problemTexts } from './problem-texts.ts'

export interface ProblemFacts {
  /** Names the turn that runs, or the one that has the client message id. */
  readonly turnId?: string
  /** Seconds until trying again makes sense. */
  readonly retryAfter?: number
  /** What is wrong where, for 422. Paths and reasons only: never the value. */
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
}

/** Something the caller can be told. Everything else that is thrown is a 500 that says nothing. */
export class ProblemError extends Error {
  readonly code: ProblemCode
  readonly facts: ProblemFacts

  constructor(code: ProblemCode, facts: ProblemFacts = {}) {
    super(code)
    this.name = 'ProblemError'
    this.code = code
    this.facts = facts
  }
}

/** The sentence for a person, in their language. */
export function problemDetail(error: ProblemError, language: Language): string {
  const { detail } = problemTexts[error.code][language]
  const first = error.facts.errors?.[0]
  return first ? `${detail} ${first.path === '' ? '' : `${first.path}: `}${first.message}.` : detail
}

/** RFC 9457 problem details. `withSuccess`: the routes under /api/v1/chat also carry success, error and message. */
export function toProblem(error: ProblemError, language: Language, requestId: string, withSuccess: boolean): Problem {
  const { turnId, retryAfter, errors } = error.facts
  const detail = problemDetail(error, language)
  return {
    type: `urn:parley:problem:${error.code}`, title: problemTexts[error.code][language].title, status: problemStatus[error.code], detail,
    code: error.code, request_id: requestId,
    ...(turnId !== undefined && { turn_id: turnId }), ...(retryAfter !== undefined && { retry_after: retryAfter }),
    ...(errors && { errors: [...errors] }), ...(withSuccess && { success: false as const, error: error.code, message: detail }),
  }
}

import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Language } from '#protocol/primitives.ts'
import { problemStatus, type ProblemCode } from '#protocol/problem.ts'
import { StoreError } from '../store/store.ts'
import { fieldProblems, inLanguage, InvalidFields } from './field-problems.ts'
import type { HttpDeps } from './http-deps.ts'
import { ProblemError, toProblem } from './problem.ts'
import { securityHeaders } from './security-headers.ts'
import { languageOf } from './sign-in.ts'

const problemType = 'application/problem+json; charset=utf-8'

/** What Fastify and Node say with codes of their own. Everything else of theirs with a 4xx status is malformed. */
const codesOfOthers: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_NOT_FOUND: 'not_found',
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}

/** The one mapper: whatever was thrown, as problem details in the language of whoever asked. */
export function answerProblem(deps: Pick<HttpDeps, 'logger'>, thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const language = (request.user as FastifyRequest['user'] | undefined)?.language ?? languageOf(request.raw)
  const error = toProblemError(thrown, language)
  if (problemStatus[error.code] >= 500 && !(thrown instanceof ProblemError)) {
    deps.logger.error({ requestId: request.id, method: request.method, route: request.routeOptions?.url ?? null, code: error.code, err: thrown }, 'request failed')
  }
  const problem = toProblem(error, language, request.id, isChatPath(request.url))
  if (error.code === 'not_signed_in') reply.header('www-authenticate', 'Bearer')
  if (error.facts.retryAfter !== undefined) reply.header('retry-after', error.facts.retryAfter)
  // A malformed address never passed the hook that sets these.
  reply.headers({ ...securityHeaders, 'x-request-id': request.id })
  // Written out here: a route's own serializer knows the shapes of its answers, not this one.
  reply.code(problem.status).type(problemType).serializer(String).send(JSON.stringify(problem))
}

/** For a request that Node could not read: there is no request object, so the answer goes to the connection as it is. */
export function answerClientError(requestId: string, thrown: NodeJS.ErrnoException, connection: Socket): void {
  if (thrown.code === 'ECONNRESET' || !connection.writable || isAnswering(connection)) return void connection.destroy()
  const problem = toProblem(new ProblemError(codesOfOthers[thrown.code ?? ''] ?? 'malformed'), 'en', requestId, false)
  const body = JSON.stringify(problem)
  const headers = {
    ...securityHeaders, 'x-request-id': requestId, 'content-type': problemType, 'content-length': Buffer.byteLength(body), connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  connection.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`)
}

/** An answer that is under way must not get another one into its middle. Node keeps it there, and looks itself (lib/_http_server.js). */
function isAnswering(connection: Socket): boolean {
  const answer = Reflect.get(connection, '_httpMessage') as { readonly headersSent: boolean } | null | undefined
  return answer?.headersSent === true
}

function toProblemError(thrown: unknown, language: Language): ProblemError {
  if (thrown instanceof ProblemError) return translated(thrown, language)
  if (thrown instanceof StoreError) return new ProblemError(thrown.code, { retryAfter: 1 })
  if (thrown instanceof InvalidFields) {
    // An id that cannot be one is an id of nothing.
    return thrown.place === 'params' ? new ProblemError('not_found') : new ProblemError('invalid', { errors: fieldProblems(thrown.issues, language) })
  }
  const { code = '', statusCode = 500 } = (thrown ?? {}) as { readonly code?: string; readonly statusCode?: number }
  return new ProblemError(codesOfOthers[code] ?? (statusCode >= 400 && statusCode < 500 ? 'malformed' : 'internal'))
}

function translated(error: ProblemError, language: Language): ProblemError {
  const { errors } = error.facts
  if (!errors) return error
  return new ProblemError(error.code, { ...error.facts, errors: errors.map(({ path, message }) => ({ path, message: inLanguage(message, language) })) })
}

function isChatPath(url: string): boolean {
  return /^\/api\/(v1\/)?chat\//.test(url)
}

import { fastify, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { ZodTypes } from './zod-types.ts'
import type { z } from 'zod'
import { limits } from '#protocol/limits.ts'
import { admit } from './admit.ts'
import { answerClientError, answerProblem } from './answer-problem.ts'
import { withoutPrefix } from './base-path.ts'
import { InvalidFields } from './field-problems.ts'
import type { HttpDeps } from './http-deps.ts'
import { takeJsonBodies } from './json-body.ts'
import { ProblemError } from './problem.ts'
import { RequestLog } from './request-log.ts'
import { chatPrefixes, chatRoutes, otherRoutes } from './routes/routes.ts'

/** Sizes in bytes, durations in milliseconds. A client that dawdles over its headers is let go within ten seconds. */
const connectionLimits = { headerBytes: 16 * 1024, headersMs: 8_000, requestMs: 30_000, lookMs: 1_000, keepAliveMs: 72_000 }

/**
 * The HTTP side of the service, ready to listen. A request passes Host, Origin, sign-in and the user's limit; then its body is
 * read and checked; then its route answers. Whatever is thrown on the way becomes problem details.
 */
export async function createHttpServer(deps: HttpDeps): Promise<FastifyInstance> {
  const { makeId, clock } = deps.turns
  const newRequestId = () => makeId('f', clock.now())
  const server = fastify({
    loggerInstance: deps.logger as FastifyBaseLogger,
    logController: new RequestLog(),
    genReqId: newRequestId,
    rewriteUrl: ({ url = '/' }) => withoutPrefix(url, deps.settings.basePath),
    bodyLimit: limits.bodyBytes,
    requestTimeout: connectionLimits.requestMs,
    keepAliveTimeout: connectionLimits.keepAliveMs,
    // While it closes, the server still answers in its own words: what may not be begun any more, isDraining refuses.
    return503OnClosing: false,
    http: {
      maxHeaderSize: connectionLimits.headerBytes,
      headersTimeout: connectionLimits.headersMs,
      connectionsCheckingInterval: connectionLimits.lookMs,
      // A missing Host is a wrong one, and is told so by admit().
      requireHostHeader: false,
      // An offer of another protocol, as `curl --http2` makes it, is passed over; one of a socket is taken or refused.
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    },
    clientErrorHandler: (error, connection) => answerClientError(newRequestId(), error, connection),
    frameworkErrors: (error, request, reply) => answerProblem(deps, error, request, reply),
  }).withTypeProvider<ZodTypes>()

  server.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => (value) => {
    const parsed = schema.safeParse(value)
    return parsed.success ? { value: parsed.data } : { error: new InvalidFields(parsed.error.issues, httpPart ?? '') }
  })
  server.setSerializerCompiler(() => JSON.stringify)
  server.setErrorHandler((error, request, reply) => answerProblem(deps, error, request, reply))
  server.setNotFoundHandler(() => {
    throw new ProblemError('not_found')
  })
  takeJsonBodies(server)
  server.decorateRequest('user')
  server.addHook('onRequest', admit(deps))

  deps.overload.watch(server.server)
  for (const mount of otherRoutes) mount(server, deps)
  for (const prefix of chatPrefixes) {
    void server.register(async (router) => chatRoutes.forEach((mount) => mount(router.withTypeProvider<ZodTypes>(), deps)), { prefix })
  }
  return server as unknown as FastifyInstance
}

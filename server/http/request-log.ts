import { LogController, type FastifyReply, type FastifyRequest } from 'fastify'

/**
 * One line for each request that was answered: method, route, status and time, with its id. Never its address, headers or
 * body: they hold what people wrote and who they are. Errors are written where they become problems.
 */
export class RequestLog extends LogController {
  constructor() {
    super({ requestIdLogLabel: 'requestId' })
  }

  override requestCompleted(_error: Error | null | undefined, { method, routeOptions }: FastifyRequest, reply: FastifyReply): void {
    reply.log.info({ method, route: routeOptions.url ?? null, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'request')
  }

  override streamError(error: Error, _request: FastifyRequest, reply: FastifyReply): void {
    reply.log.info({ err: error }, 'the response broke off')
  }

  override writeHeadError(error: Error, _request: FastifyRequest, reply: FastifyReply): void {
    reply.log.warn({ err: error }, 'the response could not be begun')
  }

  override incomingRequest(): void {}
  override defaultErrorLog(): void {}
  override routeNotFound(): void {}
}

import type { onRequestAsyncHookHandler } from 'fastify'
import type { HttpDeps } from './http-deps.ts'
import { ProblemError } from './problem.ts'
import { securityHeaders } from './security-headers.ts'
import { credentialsOf, signedIn } from './sign-in.ts'

/**
 * What every request passes before anything of it is parsed: its headers for the way back, the Host and Origin lists, room,
 * sign-in, and the user's request limit.
 */
export function admit({ identity, limits, overload }: Pick<HttpDeps, 'identity' | 'limits' | 'overload'>): onRequestAsyncHookHandler {
  return async (request, reply) => {
    reply.headers({ ...securityHeaders, 'x-request-id': request.id })
    // What is over the limit is let go with its answer.
    if (overload.hasTooManyConnections) reply.header('connection', 'close')
    const credentials = credentialsOf(request.raw)
    if (request.is404 || request.routeOptions.config.open) {
      const identified = await identity.identify(credentials)
      if ('refused' in identified && identified.refused === 'wrong_host') throw new ProblemError('wrong_host')
      return
    }
    overload.admitConnection()
    request.user = await signedIn(identity, credentials)
    limits.countRequest(request.user)
  }
}

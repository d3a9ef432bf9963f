import type { onRequestAsyncHookHandler } from 'fastify'
import type { HttpDeps } from './http-deps.ts'
import { ProblemError } from './problem.ts'
import { securityHeaders } from './security-headers.ts'
import { credentialsOf, signedIn } from './sign-in.ts'

/**
 * What every request passes before anything of it is parsed: its headers for the way back, the Host and Origin lists,
 * sign-in, and the user's request limit.
 */
export function admit({ identity, limits }: Pick<HttpDeps, 'identity' | 'limits'>): onRequestAsyncHookHandler {
  return async (request, reply) => {
    reply.headers({ ...securityHeaders, 'x-request-id': request.id })
    const credentials = credentialsOf(request.raw)
    if (request.is404 || request.routeOptions.config.open) {
      const identified = await identity.identify(credentials)
      if ('refused' in identified && identified.refused === 'wrong_host') throw new ProblemError('wrong_host')
      return
    }
    request.user = await signedIn(identity, credentials)
    limits.countRequest(request.user)
  }
}

import type { FastifyBaseLogger, FastifyInstance, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify'
import type { ZodTypes } from '../zod-types.ts'
import type { User } from '../../tenants/identity.ts'
import type { HttpDeps } from '../http-deps.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; not there on routes that are open. */
    user: User
  }
  interface FastifyContextConfig {
    /** Answered without sign-in. A wrong Host is refused even so. */
    open?: boolean
    /** The media type of what is answered, where it is not JSON. */
    produces?: string
  }
  interface FastifySchema {
    summary?: string
  }
}

export type Router = FastifyInstance<
  RawServerDefault, RawRequestDefaultExpression<RawServerDefault>, RawReplyDefaultExpression<RawServerDefault>, FastifyBaseLogger, ZodTypes
>

/** Mounts one route. Its schemas check what comes in, type what goes out, and describe both in /openapi.json. */
export type Route = (router: Router, deps: HttpDeps) => void

import type { IncomingMessage } from 'node:http'
import { acceptedLanguage } from '../lib/accept-language.ts'
import type { Credentials, Identity, User } from '../tenants/identity.ts'
import { ProblemError } from './problem.ts'

/** What a request brings with it to say who asks. A token in the query string is never looked at. */
export function credentialsOf(request: Pick<IncomingMessage, 'headers'>): Credentials {
  const { host, origin, authorization, cookie } = request.headers
  return {
    host: (host ?? '').toLowerCase(), origin: origin ?? null, cookie: cookie ?? null,
    bearer: /^bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? subprotocolToken(request),
    acceptLanguage: request.headers['accept-language'] ?? null,
  }
}

/** Browsers cannot set headers on a socket: they offer the subprotocols `parley.v2` and `bearer.<token>`. */
function subprotocolToken({ headers }: Pick<IncomingMessage, 'headers'>): string | null {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim())
  return offered.find((protocol) => protocol.startsWith('bearer.'))?.slice('bearer.'.length) ?? null
}

/** Who asks. Throws not_signed_in, not_allowed, origin_not_allowed or wrong_host. */
export async function signedIn(identity: Identity, credentials: Credentials): Promise<User> {
  const identified = await identity.identify(credentials)
  if ('refused' in identified) throw new ProblemError(identified.refused)
  return identified.user
}

export function languageOf(request: Pick<IncomingMessage, 'headers'>) {
  return acceptedLanguage(request.headers['accept-language'])
}

import type { IncomingMessage } from 'node:http'
import type { Language } from '#protocol/primitives.ts'
import { acceptedLanguage } from '../lib/accept-language.ts'
import type { Credentials, Identity, User } from '../tenants/identity.ts'
import { preferencesIn } from './preferences.ts'
import { ProblemError } from './problem.ts'

/** What a request brings with it to say who asks. A token in the query string is never looked at. */
export function credentialsOf(request: Pick<IncomingMessage, 'headers' | 'headersDistinct' | 'url'>): Credentials {
  const { origin, authorization, cookie } = request.headers
  return {
    host: hostOf(request), origin: origin ?? null, cookie: cookie ?? null,
    bearer: /^bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? subprotocolToken(request),
    acceptLanguage: preferencesIn(cookie).language ?? request.headers['accept-language'] ?? null,
  }
}

/** '' where a request names no host, or more than one: in two Host headers, or in a whole address that differs from its Host (RFC 9112, 3.2). */
function hostOf({ headersDistinct, url = '' }: Pick<IncomingMessage, 'headersDistinct' | 'url'>): string {
  const inAddress = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1]
  const named = new Set([...(headersDistinct.host ?? []), ...(inAddress === undefined ? [] : [inAddress])].map((name) => name.toLowerCase()))
  return named.size === 1 && (headersDistinct.host?.length ?? 0) === 1 ? [...named][0]! : ''
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

/** The language that was chosen for this browser, else the one that it asks for. */
export function languageOf(request: Pick<IncomingMessage, 'headers'>): Language {
  return preferencesIn(request.headers.cookie).language ?? acceptedLanguage(request.headers['accept-language'])
}

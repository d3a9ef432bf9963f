import { acceptedLanguage } from '../../lib/accept-language.ts'
import type { Credentials, Identified, Identity } from '../identity.ts'

export interface LocalIdentityOptions {
  /** The loopback host that the server listens on, as it was configured. */
  readonly host: string
  /** The port that the server listens on; 0 while that is not known: then any port passes. */
  readonly port: () => number
  /** Origins of pages served elsewhere, such as by Vite in development: `http://localhost:5173`. */
  readonly allowedOrigins: readonly string[]
}

const loopbackHosts = ['localhost', '127.0.0.1', '[::1]']
const httpPort = 80

/**
 * Sign-in of a service that one person runs for themselves: whoever reaches the loopback address is that person. The Host
 * header must name it, so that no other site's name can be bound to this address; an Origin that is present must be ours.
 * Clients without an Origin, such as curl, are welcome.
 */
export function localIdentity({ host, port, allowedOrigins }: LocalIdentityOptions): Identity {
  const names = new Set([...loopbackHosts, host.includes(':') ? `[${host}]` : host.toLowerCase()])
  const origins = new Set(allowedOrigins)
  // A proxy in development passes on the Host of its own page.
  const originHosts = new Set(allowedOrigins.map((origin) => new URL(origin).host))

  const isOurHost = (authority: string) => {
    const [, name, digits] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(authority) ?? []
    if (name === undefined || !names.has(name)) return false
    return port() === 0 || Number(digits ?? httpPort) === port()
  }
  const isOurOrigin = (origin: string, ownHost: string) => {
    if (origins.has(origin)) return true
    const authority = /^http:\/\/(.+)$/.exec(origin)?.[1]
    return authority !== undefined && (authority === ownHost || (port() !== 0 && isOurHost(authority)))
  }

  const refusalOf = (credentials: Credentials) => {
    if (!isOurHost(credentials.host) && !originHosts.has(credentials.host)) return 'wrong_host'
    return credentials.origin === null || isOurOrigin(credentials.origin, credentials.host) ? null : 'origin_not_allowed'
  }

  return {
    limitsUsers: false,
    async identify(credentials): Promise<Identified> {
      const refused = refusalOf(credentials)
      if (refused !== null) return { refused }
      return { user: { tenantId: 'local', userId: 'local', language: acceptedLanguage(credentials.acceptLanguage) } }
    },
  }
}

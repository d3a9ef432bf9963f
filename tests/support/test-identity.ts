import { acceptedLanguage } from '../../server/lib/accept-language.ts'
import type { Identity } from '../../server/tenants/identity.ts'

/** Signs in whoever brings a token `name@tenant` (`name.tenant` in a subprotocol): many users of many tenants. A token of another shape is refused; a suspended user is not allowed. */
export function testIdentity(options: { readonly suspended?: ReadonlySet<string> } = {}): Identity {
  return {
    limitsUsers: true,
    identify: async ({ bearer, acceptLanguage }) => {
      const [, userId, tenantId] = /^([a-z]+)[@.]([a-z]+)$/.exec(bearer ?? '') ?? []
      if (userId === undefined || tenantId === undefined) return { refused: 'not_signed_in' }
      if (options.suspended?.has(bearer!)) return { refused: 'not_allowed' }
      return { user: { userId, tenantId, language: acceptedLanguage(acceptLanguage) } }
    },
  }
}

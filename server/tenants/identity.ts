/**
 * The port that says who is asking. An adapter looks at what came with a request and answers with a user or a reason;
 * it is asked again for every request and for every socket frame, so that rights that end, end at once.
 */
import type { Language } from '#protocol/primitives.ts'
import type { Actor } from '../lib/actor.ts'

export interface Credentials {
  /** The Host header as sent, lower case. */
  readonly host: string
  /** The Origin header; null when the client sent none. */
  readonly origin: string | null
  /** The bearer token from the Authorization header, the subprotocol or a first frame; null when there is none. */
  readonly bearer: string | null
  readonly cookie: string | null
  readonly acceptLanguage: string | null
}

export interface User extends Actor {
  readonly language: Language
}

export type Identified =
  | { readonly user: User }
  | { readonly refused: 'not_signed_in' | 'not_allowed' | 'origin_not_allowed' | 'wrong_host' }

export interface Identity {
  /** Per-user limits act only where there is more than one user. */
  readonly limitsUsers: boolean
  identify(credentials: Credentials): Promise<Identified>
}

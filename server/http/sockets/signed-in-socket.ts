import { closeCodes } from '#protocol/limits.ts'
import type { Language } from '#protocol/primitives.ts'
import { acceptedLanguage } from '../../lib/accept-language.ts'
import type { Credentials, User } from '../../tenants/identity.ts'
import type { HttpDeps } from '../http-deps.ts'
import { ProblemError } from '../problem.ts'
import { signedIn } from '../sign-in.ts'
import type { SocketConnection } from './socket-connection.ts'

/** A socket without credentials has so long to send an `auth` frame. */
const signInMs = 5000

/** What both wires can be told when the service goes away. */
export interface OpenSocket {
  moving(): void
  close(code: number): void
}

/**
 * Who is behind a socket. A browser sees no HTTP status of a refused upgrade, so a bad token is accepted, told what is
 * wrong, and closed with 4001. Nothing else is sent before the sign-in is checked.
 */
export class SignedInSocket {
  readonly #deps: HttpDeps
  readonly #connection: SocketConnection
  readonly #onSignedIn: (user: User) => void
  readonly #onError: (error: unknown) => void
  readonly #cancelTimer: () => void
  #credentials: Credentials
  #user: User | null = null
  #closed = false
  #leave: () => void = () => {}

  constructor(deps: HttpDeps, connection: SocketConnection, credentials: Credentials, onSignedIn: (user: User) => void, onError: (error: unknown) => void) {
    this.#deps = deps
    this.#connection = connection
    this.#credentials = credentials
    this.#onSignedIn = onSignedIn
    this.#onError = onError
    this.#cancelTimer = deps.turns.clock.after(signInMs, () => this.#refuse(new ProblemError('not_signed_in')))
    // Deferred, so that whoever makes this has it in hand when it reports.
    queueMicrotask(() => void this.#check(credentials.bearer === null && credentials.cookie === null))
  }

  get credentials(): Credentials {
    return this.#credentials
  }

  get language(): Language {
    return this.#user?.language ?? acceptedLanguage(this.#credentials.acceptLanguage)
  }

  /** An `auth` frame came. */
  async use(token: string): Promise<void> {
    this.#credentials = { ...this.#credentials, bearer: token }
    await this.#check(false)
  }

  close(): void {
    this.#closed = true
    this.#cancelTimer()
    this.#leave()
  }

  async #check(mayWait: boolean): Promise<void> {
    const credentials = this.#credentials
    // Meanwhile the socket may have closed, and other credentials may have come: then this answer is nobody's any more.
    const isStale = () => this.#closed || credentials !== this.#credentials
    try {
      const user = await signedIn(this.#deps.identity, credentials)
      if (isStale()) return
      this.#leave()
      this.#leave = () => {}
      this.#leave = this.#deps.limits.openSocket(user)
      this.#cancelTimer()
      this.#user = user
      this.#onSignedIn(user)
    } catch (error) {
      if (isStale()) return
      const isMissing = error instanceof ProblemError && error.code === 'not_signed_in'
      if (!(mayWait && isMissing)) this.#refuse(error)
    }
  }

  #refuse(error: unknown): void {
    this.#onError(error)
    const code = error instanceof ProblemError ? error.code : 'internal'
    if (code === 'too_many_sockets') this.#connection.close(closeCodes.tryLater)
    else this.#connection.close(code === 'not_signed_in' ? closeCodes.notSignedIn : closeCodes.notAllowed)
  }
}

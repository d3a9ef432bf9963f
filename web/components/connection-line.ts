import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { phrases } from '../i18n/language.ts'
import type { Connection } from '../state/chat-state.ts'
import { LightElement } from './light-element.ts'

/** A connection that comes back sooner than this was never gone, as far as a reader is concerned. */
const patienceMilliseconds = 1200

/** `<parley-connection-line>`: one quiet line while there is no connection. It comes late, and leaves by itself. */
export class ConnectionLine extends LightElement {
  static override properties = { connection: { type: String }, offline: { type: Boolean }, overdue: { state: true } }

  declare connection: Connection
  /** The browser itself says that there is no network. */
  declare offline: boolean
  declare overdue: boolean
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor() {
    super()
    this.connection = 'connecting'
    this.offline = false
    this.overdue = false
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('connection')) return
    const lost = this.connection === 'waiting' || this.connection === 'connecting'
    if (!lost && this.#timer !== null) clearTimeout(this.#timer)
    if (!lost) this.overdue = false
    this.#timer = lost ? (this.#timer ?? setTimeout(() => (this.overdue = true), patienceMilliseconds)) : null
  }

  protected override render(): TemplateResult {
    const line = this.#line()
    return html`<p class="status" role="status">${line === null ? nothing : html`<i class="dot running"></i><span>${line}</span>`}</p>`
  }

  #line(): string | null {
    if (this.connection === 'not_signed_in') return phrases.not_signed_in
    if (this.offline) return phrases.offline
    return this.overdue ? phrases.reconnecting : null
  }
}

customElements.define('parley-connection-line', ConnectionLine)

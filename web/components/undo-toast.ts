import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { phrases } from '../i18n/language.ts'
import type { Deleted } from '../state/chat-state.ts'
import { LightElement } from './light-element.ts'

const shownMilliseconds = 8000

/**
 * `<parley-undo-toast>`: says what was deleted and offers it back for eight seconds, longer while somebody points at it
 * or has focus in it. Says `undo` and `undo-over`.
 */
export class UndoToast extends LightElement {
  static override properties = { deleted: { attribute: false } }

  declare deleted: Deleted | null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.deleted = null
    for (const held of ['pointerenter', 'focusin']) this.addEventListener(held, () => clearTimeout(this.#timer))
    for (const left of ['pointerleave', 'focusout']) this.addEventListener(left, () => this.#startTimer())
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('deleted')) this.#startTimer()
  }

  protected override render(): TemplateResult {
    const { deleted } = this
    return html`<div role="status">${deleted === null
      ? nothing
      : html`<p class="toast"><span>${phrases.deleted(deleted.title ?? phrases.untitled)}</span>
          <button type="button" class="button plain" @click=${() => this.announce('undo')}>${phrases.undo}</button></p>`}</div>`
  }

  #startTimer(): void {
    clearTimeout(this.#timer)
    if (this.deleted !== null) this.#timer = setTimeout(() => this.announce('undo-over'), shownMilliseconds)
  }
}

customElements.define('parley-undo-toast', UndoToast)

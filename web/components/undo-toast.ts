import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { phrases } from '../i18n/language.ts'
import type { Undoable } from '../state/chat-state.ts'
import { LightElement } from './light-element.ts'

const shownMilliseconds = 8000

/**
 * `<parley-undo-toast>`: says what was deleted or put away and offers it back for eight seconds, longer while somebody points at it
 * or has focus in it. Says `undo` and `undo-over`.
 */
export class UndoToast extends LightElement {
  static override properties = { undoable: { attribute: false } }

  declare undoable: Undoable | null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.undoable = null
    for (const held of ['pointerenter', 'focusin']) this.addEventListener(held, () => clearTimeout(this.#timer))
    for (const left of ['pointerleave', 'focusout']) this.addEventListener(left, () => this.#startTimer())
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('undoable')) this.#startTimer()
  }

  protected override render(): TemplateResult {
    const { undoable } = this
    return html`<div role="status">${undoable === null
      ? nothing
      : html`<p class="toast"><span dir="auto">${phrases[undoable.change](undoable.title ?? phrases.untitled)}</span>
          <button type="button" class="button plain" @click=${() => this.announce('undo')}>${phrases.undo}</button></p>`}</div>`
  }

  #startTimer(): void {
    clearTimeout(this.#timer)
    if (this.undoable !== null) this.#timer = setTimeout(() => this.announce('undo-over'), shownMilliseconds)
  }
}

customElements.define('parley-undo-toast', UndoToast)

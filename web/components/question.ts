import { html, type TemplateResult } from 'lit'
import type { BranchMessage } from '#protocol/message.ts'
import { limits } from '#protocol/limits.ts'
import { phrases } from '../i18n/language.ts'
import { copyText } from './copy-text.ts'
import { icon } from './icons.ts'
import { LightElement } from './light-element.ts'
import { versions } from './versions.ts'

/**
 * `<parley-question>`: what a person said, and what can be done with it. Edited, it becomes a field where it stands; sent, it is
 * another version, and this one stays. Says `choose-version`, `edit-message`, `edited-message`.
 */
export class Question extends LightElement {
  static override properties = { message: { attribute: false }, busy: { type: Boolean }, editing: { state: true }, copied: { state: true } }

  declare message: BranchMessage
  /** A turn runs: what is asked otherwise would have to wait. */
  declare busy: boolean
  declare editing: boolean
  declare copied: boolean

  constructor() {
    super()
    this.busy = false
    this.editing = false
    this.copied = false
  }

  async startEdit(): Promise<void> {
    this.editing = true
    await this.updateComplete
    const area = this.#area
    if (area === null) return
    area.value = this.message.content
    area.focus()
    area.setSelectionRange(area.value.length, area.value.length)
  }

  get #area(): HTMLTextAreaElement | null {
    return this.querySelector('textarea')
  }

  protected override render(): TemplateResult {
    return this.editing ? this.#field() : html`<p class="words" dir="auto">${this.message.content}</p>${this.#actions()}`
  }

  #actions(): TemplateResult {
    const copy = this.copied ? phrases.copied : phrases.copy_question
    return html`<div class="actions">
      ${versions(this.message, (id) => this.announce('choose-version', id))}
      <span class="quiet">
        <button type="button" class="tool-button" aria-label=${copy} title=${copy} @click=${this.#copy}>${icon(this.copied ? 'check' : 'copy')}</button>
        <button type="button" class="tool-button" aria-label=${phrases.edit_question} title=${phrases.edit_question} @click=${() => this.announce('edit-message', this.message)}>${icon('edit')}</button>
      </span>
    </div>`
  }

  #field(): TemplateResult {
    return html`<form class="editing" @submit=${this.#submit} @keydown=${this.#pressed}>
      <textarea rows="1" dir="auto" class="field" maxlength=${limits.messageCharacters} aria-label=${phrases.edit_question} aria-describedby="edit-${this.message.id}"></textarea>
      <p class="fact faint" id="edit-${this.message.id}">${this.busy ? phrases.waits_for_answer : phrases.edit_explained}</p>
      <p class="chips">
        <button class="button primary">${this.busy ? phrases.queue : phrases.send}</button>
        <button type="button" class="button plain" @click=${this.#cancel}>${phrases.cancel}</button>
      </p>
    </form>`
  }

  /** 229 is what browsers report for keys that an input method keeps to itself. */
  #pressed(event: KeyboardEvent): void {
    if (event.isComposing || event.keyCode === 229 || event.shiftKey || event.altKey) return
    if (event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      this.#cancel()
    } else if (event.key === 'Enter' && event.target === this.#area) this.#submit(event)
  }

  #submit(event: Event): void {
    event.preventDefault()
    const content = this.#area?.value.trim() ?? ''
    if (content === '') return
    this.editing = false
    if (content !== this.message.content) this.announce('edited-message', { question: this.message, content })
  }

  #cancel(): void {
    this.editing = false
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('.actions .tool-button:last-child')?.focus())
  }

  async #copy(): Promise<void> {
    if (!(await copyText(this.message.content))) return
    this.copied = true
    setTimeout(() => (this.copied = false), 1600)
  }
}

customElements.define('parley-question', Question)

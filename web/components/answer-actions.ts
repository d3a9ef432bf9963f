import { html, nothing, type TemplateResult } from 'lit'
import type { Agent } from '#protocol/agent.ts'
import type { BranchMessage } from '#protocol/message.ts'
import { phrases } from '../i18n/language.ts'
import { modelOf } from './agent-picker.ts'
import { copyText } from './copy-text.ts'
import { icon } from './icons.ts'
import { LightElement } from './light-element.ts'
import { moveInMenu, openMenu } from './menu.ts'
import './rating.ts'
import { versions } from './versions.ts'

/**
 * `<parley-answer-actions>`: what can be done with an answer that ended. Says `choose-version`, `answer-again` (by whom), and
 * what the rating says.
 */
export class AnswerActions extends LightElement {
  static override properties = { message: { attribute: false }, agents: { attribute: false }, copied: { state: true } }

  declare message: BranchMessage
  declare agents: readonly Agent[]
  declare copied: boolean

  constructor() {
    super()
    this.agents = []
    this.copied = false
  }

  protected override render(): TemplateResult {
    return html`<span class="quiet ${this.message.rating === null ? '' : 'is-rated'}">
        ${this.message.content === '' ? nothing : this.#copyMenu()}${this.#againMenu()}
        ${this.message.content === '' ? nothing : html`<parley-rating .message=${this.message}></parley-rating>`}
      </span>
      ${versions(this.message, (id) => this.announce('choose-version', id))}`
  }

  #copyMenu(): TemplateResult {
    const label = this.copied ? phrases.copied : phrases.copy
    return html`<button type="button" class="tool-button" data-act="copy" aria-haspopup="menu" aria-label=${label} title=${label} @click=${this.#open}>${icon(this.copied ? 'check' : 'copy')}</button>
      <div class="menu" role="menu" popover="auto" aria-label=${phrases.copy} @keydown=${moveInMenu}>
        <button type="button" role="menuitem" @click=${() => this.#copy(this.message.content)}>${phrases.copy_markdown}</button>
        <button type="button" role="menuitem" @click=${() => this.#copy(this.#plainText())}>${phrases.copy_plain}</button>
      </div>`
  }

  #againMenu(): TemplateResult {
    const others = this.agents.filter((agent) => agent.id !== this.message.agent_id)
    return html`<button type="button" class="tool-button" data-act="again" aria-haspopup="menu" aria-label=${phrases.answer_again} title=${phrases.answer_again} @click=${this.#open}>${icon('again')}</button>
      <div class="menu agents" role="menu" popover="auto" aria-label=${phrases.answer_again} @keydown=${moveInMenu}>
        <button type="button" role="menuitem" @click=${() => this.#again(null)}><span class="name">${phrases.answer_again}</span></button>
        ${others.map((agent) => html`<button type="button" role="menuitem" @click=${() => this.#again(agent.id)}>
          <span class="name">${phrases.answer_by(agent.name)}</span><span class="model">${modelOf(agent)}</span></button>`)}
      </div>`
  }

  readonly #open = (event: Event): void => {
    const button = event.currentTarget as HTMLElement
    openMenu(button.nextElementSibling as HTMLElement, button)
  }

  #close(): void {
    this.querySelectorAll<HTMLElement>(':popover-open').forEach((menu) => menu.hidePopover())
  }

  /** As it stands on the page, without marks. */
  #plainText(): string {
    return this.closest('parley-answer')?.querySelector<HTMLElement>('parley-prose')?.innerText.trim() ?? this.message.content
  }

  async #copy(text: string): Promise<void> {
    this.#close()
    if (!(await copyText(text))) return
    this.copied = true
    setTimeout(() => (this.copied = false), 1600)
  }

  #again(agentId: string | null): void {
    this.#close()
    this.announce('answer-again', { answer: this.message, agent_id: agentId })
  }
}

customElements.define('parley-answer-actions', AnswerActions)

import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { Conversation } from '#protocol/conversation.ts'
import { phrases } from '../i18n/language.ts'
import { byDay, type ConversationList as List } from '../state/conversation-list.ts'
import { emptySearch, type Search } from '../state/search.ts'
import { icon } from './icons.ts'
import { LightElement } from './light-element.ts'
import { moveInMenu, openMenu } from './menu.ts'
import { renameField } from './rename-field.ts'
import { searchField } from './search-field.ts'
import { searchHits, spokenResult } from './search-hits.ts'
import { moveInSearch } from './search-keys.ts'

/**
 * `<parley-conversation-list>`: the conversations by day, with rename and delete behind one small menu, or what a search
 * found. Its links are links; the page follows them. Says `rename` ({id, title}), `remove` (id), `search` (the text, null
 * when it is closed), `more`, `close-list`.
 */
export class ConversationList extends LightElement {
  static override properties = {
    list: { attribute: false },
    search: { attribute: false },
    openId: { attribute: false },
    messageId: { attribute: false },
    basePath: { type: String },
    renaming: { state: true },
    menuFor: { state: true },
  }

  declare list: List
  declare search: Search | null
  declare openId: string | null
  /** The message the open conversation was opened at. */
  declare messageId: string | null
  declare basePath: string
  declare renaming: string | null
  declare menuFor: Conversation | null
  /** Where focus was before the search took it. */
  #before: HTMLElement | null = null

  constructor() {
    super()
    this.search = null
    this.openId = null
    this.messageId = null
    this.basePath = ''
    this.renaming = null
    this.menuFor = null
    this.addEventListener('keydown', (event) => moveInSearch(event, this, this.#endSearch))
  }

  /** Shows the field and goes there; what stands in it already is there to be replaced. */
  async startSearch(): Promise<void> {
    const before = document.activeElement
    if (!(before instanceof Node && this.contains(before))) this.#before = before as HTMLElement | null
    if (this.search === null) this.announce('search', '')
    this.search ??= emptySearch
    await this.updateComplete
    this.querySelector<HTMLInputElement>('.search')?.select()
  }

  get #menu(): HTMLElement {
    return this.querySelector<HTMLElement>('.menu')!
  }

  protected override render(): TemplateResult {
    return html`<div class="bar">${this.search === null ? this.#head() : searchField((text) => this.announce('search', text), this.#endSearch)}</div>
      <nav aria-label=${phrases.conversations}>${this.#content()}</nav>
      <p class="unseen" role="status">${spokenResult(this.search)}</p>
      <div class="menu" role="menu" popover="auto" aria-label=${phrases.options_of(titleOf(this.menuFor))} @keydown=${moveInMenu}>
        <button type="button" role="menuitem" @click=${this.#startRename}>${phrases.rename}</button>
        <button type="button" role="menuitem" class="danger" @click=${this.#delete}>${phrases.delete}</button>
      </div>`
  }

  #head(): TemplateResult {
    return html`<a class="brand" href="${this.basePath}/chat">${phrases.product}</a>
        <button type="button" class="tool-button" aria-label=${phrases.search} title=${phrases.search_explained} aria-keyshortcuts="Control+K Meta+K"
          @click=${this.startSearch}>${icon('search')}</button>
        <a class="tool-button" href="${this.basePath}/chat" aria-label=${phrases.new_conversation} title=${phrases.new_conversation}>${icon('new')}</a>
        <button type="button" class="tool-button only-narrow" aria-label=${phrases.close} title=${phrases.close} @click=${() => this.announce('close-list')}>${icon('close')}</button>`
  }

  #content(): TemplateResult {
    if (this.search === null || this.search.text.trim() === '') return this.#groups()
    return searchHits(this.search, this.basePath, { id: this.openId, message_id: this.messageId })
  }

  #groups(): TemplateResult {
    if (this.list.loaded && this.list.items.length === 0) return html`<p class="nothing">${phrases.no_conversations}</p>`
    return html`${byDay(this.list.items, new Date()).map(
      ({ group, items }) => html`<h2>${phrases[group]}</h2>
        <ul>${repeat(items, (item) => item.id, (item) => this.#row(item))}</ul>`,
    )}
    ${this.list.loaded && this.list.next_page !== null
      ? html`<button type="button" class="button plain more" @click=${() => this.announce('more')}>${phrases.more_conversations}</button>`
      : nothing}`
  }

  #row(item: Conversation): TemplateResult {
    if (item.id === this.renaming) return html`<li>${renameField(item.title ?? '', (title) => this.#endRename(item.id, title))}</li>`
    const current = item.id === this.openId
    const title = titleOf(item)
    return html`<li>
      <a href="${this.basePath}/chat/${item.id}" aria-current=${current ? 'page' : nothing} title=${title}>
        <span class=${item.title === null ? 'faint' : ''}>${title}</span>
        ${item.running_turn_id === null ? nothing : html`<i class="dot running" role="img" aria-label=${phrases.running} title=${phrases.running}></i>`}
      </a>
      <button type="button" class="tool-button" aria-haspopup="menu" aria-label=${phrases.options_of(title)} title=${phrases.options_of(title)}
        @click=${(event: Event) => this.#openMenu(event, item)}>${icon('more', 'small')}</button>
    </li>`
  }

  async #openMenu(event: Event, item: Conversation): Promise<void> {
    const button = event.currentTarget as HTMLElement
    this.menuFor = item
    await this.updateComplete
    openMenu(this.#menu, button)
  }

  async #startRename(): Promise<void> {
    this.#menu.hidePopover()
    this.renaming = this.menuFor?.id ?? null
    await this.updateComplete
    this.querySelector<HTMLInputElement>('.rename')?.select()
  }

  async #endRename(id: string, title: string | null): Promise<void> {
    if (this.renaming !== id) return
    this.renaming = null
    if (title !== null) this.announce('rename', { id, title })
    await this.updateComplete
    // Ended by a key, focus fell with the field: it goes back to the row.
    if (document.activeElement === document.body) this.querySelector<HTMLElement>(`a[href$="/${CSS.escape(id)}"]`)?.focus()
  }

  /** The row goes: focus stays in the list, with its neighbour. */
  #delete(): void {
    this.#menu.hidePopover()
    const item = this.menuFor
    if (item === null) return
    const links = [...this.querySelectorAll<HTMLElement>('nav a')]
    const at = links.findIndex((link) => link.getAttribute('href')?.endsWith(`/${item.id}`))
    const neighbour = links[at + 1] ?? links[at - 1] ?? this.querySelector<HTMLElement>('.brand')
    neighbour?.focus()
    this.announce('remove', item.id)
  }

  readonly #endSearch = async (): Promise<void> => {
    this.announce('search', null)
    this.search = null
    await this.updateComplete
    this.#before?.focus()
    // What is gone, or lies behind the list on a phone, does not take focus.
    if (this.#before === null || document.activeElement !== this.#before) this.querySelector<HTMLElement>('.tool-button')?.focus()
    this.#before = null
  }
}

function titleOf(item: Conversation | null): string {
  return item?.title ?? phrases.untitled
}

customElements.define('parley-conversation-list', ConversationList)

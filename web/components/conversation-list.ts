import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { Conversation } from '#protocol/conversation.ts'
import { phrases } from '../i18n/language.ts'
import { inGroups, onShelf, type ConversationList as List, type Shelf } from '../state/conversation-list.ts'
import { emptySearch, type Search } from '../state/search.ts'
import { icon } from './icons.ts'
import { LightElement } from './light-element.ts'
import { listRow, titleOf } from './list-row.ts'
import { moveInMenu, openMenu } from './menu.ts'
import { renameField } from './rename-field.ts'
import { searchField } from './search-field.ts'
import { searchHits, spokenResult } from './search-hits.ts'
import { moveInSearch } from './search-keys.ts'
import './settings-menu.ts'

/**
 * `<parley-conversation-list>`: one shelf of conversations, the pinned ones and then by day, each with a small menu; or what a
 * search found there. Its links are links; the page follows them. Says `rename` ({id, title}), `pin` ({id, pinned}), `archive`
 * ({id, archived}), `remove` (id), `search` (the text, null when it is closed), `show-shelf`, `more`, `close-list`.
 */
export class ConversationList extends LightElement {
  static override properties = {
    list: { attribute: false },
    shelf: { type: String },
    search: { attribute: false },
    openId: { attribute: false },
    messageId: { attribute: false },
    basePath: { type: String },
    renaming: { state: true },
    menuFor: { state: true },
  }

  declare list: List
  declare shelf: Shelf
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
    this.shelf = 'current'
    this.search = null
    this.openId = null
    this.messageId = null
    this.basePath = ''
    this.renaming = null
    this.menuFor = null
    this.addEventListener('keydown', (event) => moveInSearch(event, this, this.#endSearch))
  }

  /** Shows the field and goes there; what stands in it already is there to be replaced. `text` is searched for at once. */
  async startSearch(text = ''): Promise<void> {
    const before = document.activeElement
    if (!(before instanceof Node && this.contains(before))) this.#before = before as HTMLElement | null
    if (this.search === null || text !== '') this.announce('search', text)
    this.search ??= emptySearch
    await this.updateComplete
    const field = this.querySelector<HTMLInputElement>('.search')!
    if (text !== '') field.value = text
    field.select()
  }

  get #menu(): HTMLElement {
    return this.querySelector<HTMLElement>('.menu')!
  }

  protected override render(): TemplateResult {
    return html`<div class="bar">${this.search === null ? this.#head() : searchField((text) => this.announce('search', text), this.#endSearch)}</div>
      <nav aria-label=${phrases.conversations}>${this.#content()}</nav>
      <p class="unseen" role="status">${spokenResult(this.search)}</p>
      ${this.#rowMenu()}
      <div class="places">
        ${this.shelf === 'archive' ? nothing : html`<button type="button" class="place" @click=${() => this.#show('archive')}>${icon('archive')}<span>${phrases.the_archive}</span></button>`}
        <parley-settings-menu></parley-settings-menu>
      </div>`
  }

  #rowMenu(): TemplateResult {
    const item = this.menuFor
    return html`<div class="menu" role="menu" popover="auto" aria-label=${phrases.options_of(titleOf(item))} @keydown=${moveInMenu}>
      <button type="button" role="menuitem" @click=${() => this.#do('pin', { id: item?.id, pinned: !item?.pinned })}>${item?.pinned === true ? phrases.unpin : phrases.pin}</button>
      <button type="button" role="menuitem" @click=${() => void this.startRename(item?.id ?? null)}>${phrases.rename}</button>
      <button type="button" role="menuitem" @click=${() => this.#takeAway('archive', { id: item?.id, archived: !item?.archived })}>${item?.archived === true ? phrases.unarchive : phrases.archive}</button>
      <button type="button" role="menuitem" class="danger" @click=${() => this.#takeAway('remove', item?.id)}>${phrases.delete}</button>
    </div>`
  }

  async #show(shelf: Shelf): Promise<void> {
    this.announce('show-shelf', shelf)
    this.shelf = shelf
    await this.updateComplete
    this.querySelector<HTMLElement>(shelf === 'archive' ? '.leave' : '.place')?.focus()
  }

  #head(): TemplateResult {
    return html`<a class="brand" href="${this.basePath}/chat">${phrases.product}</a>
        <button type="button" class="tool-button" aria-label=${phrases.search} title=${phrases.search_explained} aria-keyshortcuts="Control+Shift+F Meta+Shift+F"
          @click=${() => this.startSearch()}>${icon('search')}</button>
        <a class="tool-button" href="${this.basePath}/chat" aria-label=${phrases.new_conversation} title=${phrases.new_conversation}>${icon('new')}</a>
        <button type="button" class="tool-button only-narrow" aria-label=${phrases.close} title=${phrases.close} @click=${() => this.announce('close-list')}>${icon('close')}</button>`
  }

  #content(): TemplateResult {
    if (this.search === null || this.search.text.trim() === '') return this.#groups()
    return searchHits(this.search, this.basePath, { id: this.openId, message_id: this.messageId })
  }

  #groups(): TemplateResult {
    const { loaded, next_page } = this.list.readings[this.shelf]
    const items = onShelf(this.list, this.shelf)
    const empty = this.shelf === 'archive' ? phrases.empty_archive : phrases.no_conversations
    return html`${this.shelf === 'archive' ? this.#archiveHead() : nothing}
    ${loaded && items.length === 0 ? html`<p class="nothing">${empty}</p>` : nothing}
    ${inGroups(items, new Date()).map(
      ({ group, items }) => html`<h2>${phrases[group]}</h2>
        <ul>${repeat(items, (item) => item.id, (item) => this.#row(item))}</ul>`,
    )}
    ${loaded && next_page !== null
      ? html`<button type="button" class="button plain more" @click=${() => this.announce('more')}>${phrases.more_conversations}</button>`
      : nothing}`
  }

  #row(item: Conversation): TemplateResult {
    if (item.id === this.renaming) return html`<li>${renameField(item.title ?? '', (title) => this.#endRename(item.id, title))}</li>`
    return listRow(item, { basePath: this.basePath, current: item.id === this.openId, openMenu: (event) => void this.#openMenu(event, item) })
  }

  #archiveHead(): TemplateResult {
    return html`<div class="shelf"><button type="button" class="tool-button leave" aria-label=${phrases.leave_archive} title=${phrases.leave_archive} @click=${() => this.#show('current')}>${icon('previous')}</button>
      <h2>${phrases.the_archive}</h2></div>`
  }

  async #openMenu(event: Event, item: Conversation): Promise<void> {
    const button = event.currentTarget as HTMLElement
    this.menuFor = item
    await this.updateComplete
    openMenu(this.#menu, button)
  }

  /** Puts a field in the place of this conversation's title, if it stands here. */
  async startRename(id: string | null): Promise<void> {
    this.#menu.hidePopover()
    this.renaming = id
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

  #do(event: string, detail: unknown): void {
    this.#menu.hidePopover()
    this.announce(event, detail)
  }

  /** The row goes: focus stays in the list, with its neighbour. */
  #takeAway(event: string, detail: unknown): void {
    const links = [...this.querySelectorAll<HTMLElement>('nav li a')]
    const at = links.findIndex((link) => link.getAttribute('href')?.endsWith(`/${this.menuFor?.id}`))
    const neighbour = links[at + 1] ?? links[at - 1] ?? this.querySelector<HTMLElement>('.leave, .brand')
    this.#do(event, detail)
    neighbour?.focus()
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

customElements.define('parley-conversation-list', ConversationList)

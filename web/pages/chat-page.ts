import { html, nothing, type TemplateResult } from 'lit'
import { readPreferences } from '../api/preferences.ts'
import '../components/announcer.ts'
import type { Announcer } from '../components/announcer.ts'
import type { CommandGround } from '../components/commands.ts'
import '../components/composer.ts'
import type { Composer } from '../components/composer.ts'
import '../components/connection-line.ts'
import '../components/conversation-list.ts'
import type { ConversationList } from '../components/conversation-list.ts'
import { icon } from '../components/icons.ts'
import { jumpMessage } from '../components/jump-message.ts'
import { LightElement } from '../components/light-element.ts'
import '../components/palette.ts'
import type { Palette } from '../components/palette.ts'
import '../components/shortcuts-dialog.ts'
import type { ShortcutsDialog } from '../components/shortcuts-dialog.ts'
import type { Question } from '../components/question.ts'
import '../components/turn-list.ts'
import type { TurnList } from '../components/turn-list.ts'
import '../components/undo-toast.ts'
import '../components/welcome.ts'
import { phrases } from '../i18n/language.ts'
import type { ChatState } from '../state/chat-state.ts'
import { findConversation, shelfOf } from '../state/conversation-list.ts'
import { openTitle, runningTurnId, waitingQuestions } from '../state/selectors.ts'
import type { OutboxEntry } from '../state/outbox.ts'
import { chatPageEvents } from './chat-page-events.ts'
import type { ChatSession } from './chat-session.ts'

/** `<parley-chat-page>`: the list, the conversation, the composer. What is asked for below is done by the session. */
export class ChatPage extends LightElement {
  static override properties = {
    session: { attribute: false },
    state: { attribute: false },
    basePath: { type: String },
    offline: { type: Boolean },
    listOpen: { state: true },
    problem: { state: true },
  }

  declare session: ChatSession
  declare state: ChatState
  declare basePath: string
  declare offline: boolean
  declare listOpen: boolean
  /** What did not work, as a sentence; the next success clears it. */
  declare problem: string | null
  #held: { readonly from: Readonly<Record<string, unknown>>; readonly ground: CommandGround } | null = null

  constructor() {
    super()
    this.basePath = ''
    this.offline = false
    this.listOpen = false
    this.problem = null
    for (const [name, handle] of Object.entries(chatPageEvents)) this.addEventListener(name, (event) => handle(this, (event as CustomEvent).detail))
  }

  get composer(): Composer {
    return this.querySelector<Composer>('parley-composer')!
  }

  jumpToEnd(): void {
    this.querySelector<TurnList>('parley-turn-list')?.jumpToEnd()
  }

  /** Gives what was written back to the composer. */
  edit(entry: OutboxEntry): void {
    this.session.withdraw(entry.client_message_id)
    this.composer.putBack(entry.content)
  }

  /** What was said becomes a field where it stands. */
  startEdit(messageId: string): void {
    this.querySelector<Question>(`[data-message="${CSS.escape(messageId)}"] parley-question`)?.startEdit()
  }

  get #list(): ConversationList {
    return this.querySelector<ConversationList>('parley-conversation-list')!
  }

  /** To the message before (-1) or after (1) the one that is read. */
  jump(direction: -1 | 1): void {
    jumpMessage(this, direction)
  }

  async openSearch(text = ''): Promise<void> {
    await this.showList()
    await this.#list.startSearch(text)
  }

  /** Where the conversation stands in the list, its title becomes a field. */
  async startRename(id: string): Promise<void> {
    const conversation = findConversation(this.state.list, id)
    if (conversation !== null) this.session.showShelf(shelfOf(conversation))
    await this.showList()
    await this.#list.startRename(id)
  }

  openPalette(): void {
    this.querySelector<Palette>('parley-palette')!.open()
    this.requestUpdate()
  }

  openShortcuts(): void {
    this.querySelector<ShortcutsDialog>('parley-shortcuts')!.open()
  }

  /** On a narrow page the list lies behind what is read. */
  async showList(): Promise<void> {
    if (matchMedia('(width < 64rem)').matches) await this.toggleList(true)
  }

  async toggleList(open: boolean): Promise<void> {
    if (this.listOpen === open) return
    this.listOpen = open
    await this.updateComplete
    const target = open ? '#list .only-narrow' : '.conversation .only-narrow'
    this.querySelector<HTMLElement>(target)?.focus()
  }

  protected override updated(): void {
    this.querySelector<Announcer>('parley-announcer')!.follow(this.state)
  }

  protected override render(): TemplateResult {
    const { open } = this.state
    const ground = this.#ground()
    return html`<div class="app">
      <button type="button" class="button skip" @click=${() => this.composer.focus()}>${phrases.skip_list}</button>
      <aside class="list ${this.listOpen ? 'is-open' : ''}" id="list" aria-label=${phrases.conversations}>
        <parley-conversation-list .list=${this.state.list} shelf=${this.state.shelf} .search=${this.state.search} .openId=${open.id} .messageId=${open.sought?.message_id ?? null}
          basePath=${this.basePath}></parley-conversation-list>
      </aside>
      ${this.listOpen ? html`<div class="scrim" @click=${() => this.toggleList(false)}></div>` : nothing}
      <main class="conversation" ?inert=${this.listOpen}>
        <header class="bar">
          <button type="button" class="tool-button only-narrow" aria-label=${phrases.open_conversations} title=${phrases.open_conversations}
            aria-expanded=${this.listOpen} @click=${() => this.toggleList(true)}>${icon('menu')}</button>
          <h1 dir="auto">${this.#title()}</h1>
          ${ground.conversation?.archived === true ? html`<span class="fact faint">${phrases.archived_one}</span>` : nothing}
        </header>
        ${this.#middle()}${this.#dock(ground)}
      </main>
      <parley-undo-toast .undoable=${this.state.undoable}></parley-undo-toast>
      <parley-palette .ground=${ground} .conversations=${this.state.list.items} .find=${this.session.find}></parley-palette>
      <parley-shortcuts></parley-shortcuts>
      <parley-announcer></parley-announcer>
    </div>`
  }

  /** What has no title to show is still named for those who listen. */
  #title(): TemplateResult | string {
    const { id, status } = this.state.open
    const title = openTitle(this.state) ?? (status === 'ready' ? phrases.untitled : null)
    return title ?? html`<span class="unseen">${id === null ? phrases.new_conversation : phrases.conversation}</span>`
  }

  #middle(): TemplateResult {
    const { status, messages } = this.state.open
    if (status === 'missing') return html`<div class="turns">${sentence(phrases.conversation_missing)}</div>`
    if (status === 'failed') {
      return html`<div class="turns">${sentence(phrases.conversation_not_loaded, () => this.session.readEnd())}</div>`
    }
    const waiting = waitingQuestions(this.state).length > 0
    if (status === 'new' && !waiting) return html`<parley-welcome .agents=${this.state.agents} .agent=${this.session.nextAgent()}></parley-welcome>`
    if (status === 'loading' && messages.length === 0 && !waiting) return html`<div class="turns" aria-busy="true"></div>`
    return html`<parley-turn-list .state=${this.state}></parley-turn-list>`
  }

  /** The same object while nothing of it changes, so that an answer's growth draws neither the palette nor the composer anew. */
  #ground(): CommandGround {
    const ground = {
      agents: this.state.agents, agent: this.session.nextAgent(), conversation: findConversation(this.state.list, this.state.open.id),
      running: runningTurnId(this.state) !== null, cookies: document.cookie,
    }
    const held = this.#held
    if (held !== null && Object.entries(ground).every(([name, value]) => held.from[name] === value)) return held.ground
    const { cookies, ...rest } = ground
    this.#held = { from: ground, ground: { ...rest, preferences: readPreferences(cookies) } }
    return this.#held.ground
  }

  #dock(ground: CommandGround): TemplateResult {
    const { open, connection } = this.state
    const running = runningTurnId(this.state)
    return html`<div class="dock">
      <parley-composer .place=${open.id ?? 'new'} .draft=${this.session.draft()} .agents=${this.state.agents} .agent=${ground.agent}
        .ground=${ground} ?running=${running !== null} ?stopping=${running !== null && open.stopping_turn_id === running}></parley-composer>
      ${this.problem === null ? html`<parley-connection-line connection=${connection} ?offline=${this.offline}></parley-connection-line>` : html`<p class="status" role="alert">${this.problem}</p>`}
    </div>`
  }
}

function sentence(text: string, tryAgain?: () => void): TemplateResult {
  return html`<section class="turn"><div class="nothing">
    <p>${text}</p>
    ${tryAgain === undefined ? nothing : html`<p><button type="button" class="button" @click=${tryAgain}>${phrases.try_again}</button></p>`}
  </div></section>`
}

customElements.define('parley-chat-page', ChatPage)

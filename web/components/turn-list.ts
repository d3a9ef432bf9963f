import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { guard } from 'lit/directives/guard.js'
import { repeat } from 'lit/directives/repeat.js'
import type { BranchMessage } from '#protocol/message.ts'
import { phrases } from '../i18n/language.ts'
import { hasEarlier, hasLater } from '../state/messages.ts'
import { agentName, runningTurnId, shownMessages, waitingQuestions } from '../state/selectors.ts'
import type { ChatState } from '../state/chat-state.ts'
import './answer.ts'
import { icon } from './icons.ts'
import { LightElement } from './light-element.ts'
import './question.ts'
import { waitingQuestion } from './waiting-question.ts'

/** Closer to the end than this, in pixels, is at the end; going up even a little leaves it. */
const endTolerance = 48
/** Closer to an edge of what is held than so many panes, more is read. */
const panesAhead = 2

/**
 * `<parley-turn-list>`: the conversation itself, with a scroller that follows the end only while the reader is there, and that
 * reads on at either edge. What is read before does not move what is on the screen. Says `read-more` and `read-end`, and passes
 * on what questions, answers and waiting questions say.
 */
export class TurnList extends LightElement {
  static override properties = { state: { attribute: false }, atEnd: { state: true } }

  declare state: ChatState
  declare atEnd: boolean
  #top = 0
  /** The message that is held in view until the reader scrolls, and where that put the scroller. */
  #held: string | null = null
  #placed = 0
  #sought: ChatState['open']['sought'] = null
  #arrived = true
  /** The reader asked for the end, and it is still being read. */
  #leaps = false
  /** A turn on the screen, and where it stood before what is above it changed. */
  #anchor: { readonly turn: HTMLElement; readonly top: number } | null = null
  readonly #resized = new ResizeObserver(() => this.#follow())

  constructor() {
    super()
    this.atEnd = true
    this.addEventListener('choose-version', () => (this.atEnd = false))
  }

  get #scroller(): HTMLElement {
    return this.querySelector<HTMLElement>('.turns')!
  }

  get #hasLater(): boolean {
    return hasLater(this.state.open.messages, this.state.open.leaf_id)
  }

  /** Goes to the newest line and follows it from there. */
  jumpToEnd(): void {
    this.atEnd = true
    this.#held = null
    this.#leaps = this.#hasLater
    if (this.#leaps) this.announce('read-end')
    this.#follow()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('state')
    if (this.#leaps && !this.#hasLater) {
      this.#leaps = false
      this.#held = null
      this.atEnd = true
    }
    if (before !== undefined && before.open.key !== this.state.open.key) {
      this.atEnd = true
      this.#held = null
    } else if (before !== undefined && !this.atEnd && before.open.messages[0]?.id !== this.state.open.messages[0]?.id) this.#anchor = this.#firstSeen()
    this.#seek()
  }

  /** A message that is asked for is held in view; it is looked for again until it is there. */
  #seek(): void {
    const { sought, messages } = this.state.open
    const found = messages.find((message) => message.id === sought?.message_id)
    if (sought === this.#sought || found === undefined) return
    this.#sought = sought
    this.#held = found.id
    this.#arrived = false
    this.atEnd = false
  }

  protected override firstUpdated(): void {
    this.#resized.observe(this.#scroller)
    this.addEventListener('grown', () => this.#follow())
  }

  protected override updated(): void {
    this.#stay()
    this.#follow()
    if (!this.#arrived) this.#arrive()
    this.#readAhead()
  }

  protected override render(): TemplateResult {
    const messages = shownMessages(this.state)
    const busy = runningTurnId(this.state) !== null
    const last = messages.at(-1)
    return html`<div class="turns" role="region" aria-label=${phrases.messages} tabindex="0" aria-busy=${busy || this.state.open.choosing} @scroll=${this.#scrolled}>
        <h2 class="unseen">${phrases.messages}</h2>
        ${hasEarlier(messages) ? this.#more('before', phrases.earlier_messages) : nothing}
        ${repeat(messages, (message) => message.id, (message) => this.#turn(message, message === last, busy))}
        ${this.#hasLater ? this.#more('after', phrases.later_messages) : nothing}
        ${waitingQuestions(this.state).map((entry) => waitingQuestion(entry, this.state, busy, (name) => this.announce(name, entry)))}
      </div>
      ${this.atEnd ? nothing : html`<button type="button" class="button latest" @click=${this.jumpToEnd}>${icon('down', 'small')}${phrases.jump_to_latest}</button>`}`
  }

  /** Drawn anew only when something of it changed: in a long conversation nearly nothing does. */
  #turn(message: BranchMessage, last: boolean, busy: boolean): unknown {
    const { agents, open } = this.state
    if (message.role === 'user') {
      return guard([message, busy], () => html`<article class="turn said" data-message=${message.id}>
        <span class="who">${phrases.you}</span><parley-question .message=${message} ?busy=${busy}></parley-question></article>`)
    }
    const log = open.logs[message.turn_id] ?? null
    return guard([message, log, last, agents], () => html`<article class="turn answer" data-message=${message.id}>
      <span class="who">${agentName(this.state, message.agent_id) ?? phrases.agent}</span>
      <parley-answer .message=${message} .log=${log} .agents=${agents} ?isLast=${last}></parley-answer>
    </article>`)
  }

  #more(side: 'before' | 'after', words: string): TemplateResult {
    return html`<p class="turn more-messages"><button type="button" class="button plain" @click=${() => this.announce('read-more', side)}>${words}</button></p>`
  }

  #scrolled(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller
    const upwards = scrollTop < this.#top
    this.#top = scrollTop
    if (Math.abs(scrollTop - this.#placed) > 1) this.#held = null
    this.atEnd = !this.#hasLater && scrollHeight - scrollTop - clientHeight <= (upwards ? 1 : endTolerance)
    this.#readAhead()
  }

  /** Before the reader comes to an edge, what stands beyond it is asked for. */
  #readAhead(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller
    const { messages, status } = this.state.open
    if (status !== 'ready' || clientHeight === 0) return
    if (hasEarlier(messages) && scrollTop < panesAhead * clientHeight) this.announce('read-more', 'before')
    if (this.#hasLater && scrollHeight - scrollTop - clientHeight < panesAhead * clientHeight) this.announce('read-more', 'after')
  }

  #firstSeen(): { readonly turn: HTMLElement; readonly top: number } | null {
    const { top } = this.#scroller.getBoundingClientRect()
    for (const turn of this.querySelectorAll<HTMLElement>('[data-message]')) {
      const at = turn.getBoundingClientRect()
      if (at.bottom > top) return { turn, top: at.top }
    }
    return null
  }

  /** What was on the screen is put back where it stood. */
  #stay(): void {
    const anchor = this.#anchor
    this.#anchor = null
    if (anchor === null || !anchor.turn.isConnected) return
    const moved = anchor.turn.getBoundingClientRect().top - anchor.top
    if (moved !== 0) this.#scroller.scrollTop += moved
    this.#placed = this.#scroller.scrollTop
  }

  /** Called whenever something may have moved: what is held stays in its place, else the end is followed. */
  #follow(): void {
    const held = this.#held === null ? null : this.#turnOf(this.#held)
    if (held !== null) this.#place(held)
    else if (this.atEnd) this.#scroller.scrollTop = this.#scroller.scrollHeight
  }

  /** A sixth of the pane stays above, so that it is seen that something stands before. */
  #place(turn: HTMLElement): void {
    const scroller = this.#scroller
    scroller.scrollTop += turn.getBoundingClientRect().top - scroller.getBoundingClientRect().top - scroller.clientHeight / 6
    this.#placed = scroller.scrollTop
    this.#top = scroller.scrollTop
  }

  #arrive(): void {
    this.#arrived = true
    const turn = this.#held === null ? null : this.#turnOf(this.#held)
    turn?.classList.remove('found')
    // Read in between, the style begins anew where the same message is opened again.
    void turn?.offsetWidth
    turn?.classList.add('found')
    turn?.addEventListener('animationend', () => turn.classList.remove('found'), { once: true })
    // What comes into view for the first time takes its true height then.
    requestAnimationFrame(() => this.#follow())
  }

  #turnOf(messageId: string): HTMLElement | null {
    return this.querySelector<HTMLElement>(`[data-message="${CSS.escape(messageId)}"]`)
  }
}

customElements.define('parley-turn-list', TurnList)

import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { Message } from '#protocol/message.ts'
import { phrases } from '../i18n/language.ts'
import { agentName, runningAnswer, shownMessages, waitingQuestions } from '../state/selectors.ts'
import type { ChatState } from '../state/chat-state.ts'
import './answer.ts'
import { icon } from './icons.ts'
import { LightElement } from './light-element.ts'
import { waitingQuestion } from './waiting-question.ts'

/** Turns shown at first; older ones come when asked for. */
const shownAtFirst = 60
/** Turns shown before one that was searched for. */
const shownBefore = 6
/** Closer to the end than this, in pixels, is at the end; going up even a little leaves it. */
const endTolerance = 48

/**
 * `<parley-turn-list>`: the conversation itself, with a scroller that follows the end only while the reader is there.
 * Passes on `ask-again`, `edit-question`, `withdraw-question`, `retry-question`.
 */
export class TurnList extends LightElement {
  static override properties = { state: { attribute: false }, shown: { state: true }, atEnd: { state: true } }

  declare state: ChatState
  declare shown: number
  declare atEnd: boolean
  #top = 0
  /** The message that is held in view until the reader scrolls, and where that put the scroller. */
  #held: string | null = null
  #placed = 0
  #sought: ChatState['open']['sought'] = null
  #arrived = true
  readonly #resized = new ResizeObserver(() => this.#follow())

  constructor() {
    super()
    this.shown = shownAtFirst
    this.atEnd = true
  }

  get #scroller(): HTMLElement {
    return this.querySelector<HTMLElement>('.turns')!
  }

  /** Goes to the newest line and follows it from there. */
  jumpToEnd(): void {
    this.atEnd = true
    this.#held = null
    this.#follow()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('state')
    if (before !== undefined && before.open.key !== this.state.open.key) {
      // An id that a new conversation was given is the same conversation.
      if (before.open.messages.length === 0 || before.open.messages[0]?.id !== this.state.open.messages[0]?.id) this.shown = shownAtFirst
      this.atEnd = true
      this.#held = null
    }
    this.#seek()
  }

  /** A message that is asked for is shown, with some before it, and held in view; it is looked for again until it is there. */
  #seek(): void {
    const { sought } = this.state.open
    const messages = shownMessages(this.state)
    const at = messages.findIndex((message) => message.id === sought?.message_id)
    if (sought === this.#sought || at < 0) return
    this.#sought = sought
    this.#held = messages[at]!.id
    this.#arrived = false
    this.shown = Math.max(this.shown, messages.length - at + shownBefore)
  }

  protected override firstUpdated(): void {
    this.#resized.observe(this.#scroller)
    this.addEventListener('grown', () => this.#follow())
  }

  protected override updated(): void {
    this.#follow()
    if (!this.#arrived) this.#arrive()
  }

  protected override render(): TemplateResult {
    const messages = shownMessages(this.state)
    const from = Math.max(0, messages.length - this.shown)
    const busy = runningAnswer(this.state) !== null
    const lastMessage = messages.at(-1)
    return html`<div class="turns" role="region" aria-label=${phrases.messages} tabindex="0" aria-busy=${busy} @scroll=${this.#scrolled}>
        <h2 class="unseen">${phrases.messages}</h2>
        ${from > 0 ? this.#earlier() : nothing}
        ${repeat(messages.slice(from), (message) => message.id, (message) => this.#turn(message, message === lastMessage))}
        ${waitingQuestions(this.state).map((entry) => waitingQuestion(entry, this.state, busy, (name) => this.announce(name, entry)))}
      </div>
      ${this.atEnd ? nothing : html`<button type="button" class="button latest" @click=${this.jumpToEnd}>${icon('down', 'small')}${phrases.jump_to_latest}</button>`}`
  }

  #turn(message: Message, last: boolean): TemplateResult {
    if (message.role === 'user') {
      return html`<article class="turn said" data-message=${message.id}><span class="who">${phrases.you}</span><p class="words" dir="auto">${message.content}</p></article>`
    }
    return html`<article class="turn answer" data-message=${message.id}>
      <span class="who">${agentName(this.state, message.agent_id) ?? phrases.agent}</span>
      <parley-answer .message=${message} .log=${this.state.open.logs[message.turn_id] ?? null} ?offersAgain=${last}></parley-answer>
    </article>`
  }

  #earlier(): TemplateResult {
    return html`<p class="turn earlier"><button type="button" class="button plain" @click=${this.#showEarlier}>${phrases.earlier_messages}</button></p>`
  }

  /** What is being read stays where it is: the distance to the end is kept. */
  async #showEarlier(): Promise<void> {
    const fromEnd = this.#scroller.scrollHeight - this.#scroller.scrollTop
    this.shown += shownAtFirst
    await this.updateComplete
    this.#scroller.scrollTop = this.#scroller.scrollHeight - fromEnd
  }

  #scrolled(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller
    const upwards = scrollTop < this.#top
    this.#top = scrollTop
    if (Math.abs(scrollTop - this.#placed) > 1) this.#held = null
    this.atEnd = scrollHeight - scrollTop - clientHeight <= (upwards ? 1 : endTolerance)
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
    this.#scrolled()
  }

  #arrive(): void {
    this.#arrived = true
    const turn = this.#held === null ? null : this.#turnOf(this.#held)
    turn?.classList.remove('found')
    // Read in between, the style begins anew where the same message is opened again.
    void turn?.offsetWidth
    turn?.classList.add('found')
    turn?.addEventListener('animationend', () => turn.classList.remove('found'), { once: true })
  }

  #turnOf(messageId: string): HTMLElement | null {
    return this.querySelector<HTMLElement>(`[data-message="${CSS.escape(messageId)}"]`)
  }
}

customElements.define('parley-turn-list', TurnList)

import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { Message } from '#protocol/message.ts'
import { phrases } from '../i18n/language.ts'
import { reasoningOf, type AnswerLog } from '../state/answer-log.ts'
import { answerFacts } from './answer-facts.ts'
import { copyText } from './copy-text.ts'
import { icon } from './icons.ts'
import { LightElement } from './light-element.ts'
import './prose.ts'
import type { Prose } from './prose.ts'

/**
 * `<parley-answer>`: one answer. What was received stands first and stays; below it, when it did not reach its end, one
 * sentence and a way on; last the facts. Says `ask-again`.
 */
export class Answer extends LightElement {
  static override properties = { message: { attribute: false }, log: { attribute: false }, offersAgain: { type: Boolean }, copied: { state: true } }

  declare message: Message
  declare log: AnswerLog | null
  /** Only the last answer offers to ask again: further up it would land in another place than it stands. */
  declare offersAgain: boolean
  declare copied: boolean

  constructor() {
    super()
    this.log = null
    this.offersAgain = false
    this.copied = false
  }

  get #running(): boolean {
    return this.message.outcome === null
  }

  get #text(): string {
    return this.#running ? (this.log?.text ?? '') : this.message.content
  }

  protected override render(): TemplateResult {
    return html`${this.#reasoning()}<parley-prose class="prose"></parley-prose>${this.#end()}${this.#after()}`
  }

  protected override updated(_changed: PropertyValues): void {
    const whole = this.message.outcome === 'completed' ? 'whole' : 'cut'
    this.querySelector<Prose>('parley-prose')!.show(this.#text, this.log?.generation ?? 0, this.#running ? 'growing' : whole)
  }

  #reasoning(): TemplateResult | typeof nothing {
    const reasoning = this.#running ? (this.log?.reasoning ?? '') : reasoningOf(this.message)
    if (reasoning === '') return nothing
    const now = this.#running && this.#text === ''
    return html`<details class="before reasoning">
      <summary>${icon('down', 'small')}${now ? phrases.reasoning_now : phrases.reasoning}</summary>
      <p>${reasoning}</p>
    </details>`
  }

  /** How it ended, when that was not its end. It stands below the text and never in its place. */
  #end(): TemplateResult | typeof nothing {
    const { outcome, failure } = this.message
    if (outcome === null || outcome === 'completed') return nothing
    const stopped = this.#text === '' ? phrases.stopped_before_text : phrases.stopped_explained
    const sentence = outcome === 'stopped' ? stopped : (failure?.message ?? phrases.failed_explained)
    return html`<div class="ending" data-outcome=${outcome}>
      <p><b>${phrases.outcomes[outcome]}</b> ${sentence}</p>
      ${this.offersAgain
        ? html`<p><button type="button" class="button" title=${phrases.ask_again_explained} @click=${() => this.announce('ask-again', this.message)}>${phrases.ask_again}</button></p>`
        : nothing}
    </div>`
  }

  #after(): TemplateResult | typeof nothing {
    if (this.#running) return nothing
    const facts = answerFacts(this.message.receipt)
    const label = this.copied ? phrases.copied : phrases.copy_answer
    return html`<div class="after">
      <p class="footer" aria-label=${phrases.about_this_answer}>${facts.map((fact) => html`<span>${fact}</span>`)}</p>
      ${this.#text === ''
        ? nothing
        : html`<div class="actions">
            <button type="button" class="tool-button" aria-label=${label} title=${label} @click=${this.#copy}>${icon(this.copied ? 'check' : 'copy')}</button>
          </div>`}
    </div>`
  }

  async #copy(): Promise<void> {
    if (!(await copyText(this.#text))) return
    this.copied = true
    setTimeout(() => (this.copied = false), 1600)
  }
}

customElements.define('parley-answer', Answer)

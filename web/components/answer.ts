import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { Agent } from '#protocol/agent.ts'
import type { BranchMessage } from '#protocol/message.ts'
import { phrases } from '../i18n/language.ts'
import { reasoningOf, type AnswerLog } from '../state/answer-log.ts'
import './answer-actions.ts'
import { answerFacts } from './answer-facts.ts'
import { ending } from './ending.ts'
import { LightElement } from './light-element.ts'
import './prose.ts'
import type { Prose } from './prose.ts'
import { reasoning } from './reasoning.ts'

/**
 * `<parley-answer>`: one answer. What was received stands first and stays; below it, when it did not reach its end, one
 * sentence and a way on; last the facts and what can be done with it. Says `continue` and `answer-again`.
 */
export class Answer extends LightElement {
  static override properties = { message: { attribute: false }, log: { attribute: false }, agents: { attribute: false }, isLast: { type: Boolean }, now: { state: true } }

  declare message: BranchMessage
  declare log: AnswerLog | null
  declare agents: readonly Agent[]
  /** Only the last answer can be gone on with: further up, what follows is said already. */
  declare isLast: boolean
  /** By this clock; ticks while the model reasons. */
  declare now: number
  #ticking: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.log = null
    this.agents = []
    this.isLast = false
    this.now = 0
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#ticking)
  }

  get #running(): boolean {
    return this.message.outcome === null
  }

  get #text(): string {
    return this.#running ? (this.log?.text ?? '') : this.message.content
  }

  get #reasons(): boolean {
    return this.#running && this.#text === '' && (this.log?.reasoning ?? '') !== ''
  }

  protected override render(): TemplateResult {
    const again = () => this.announce('answer-again', { answer: this.message, agent_id: null })
    return html`${this.#reasoning()}<parley-prose class="prose" dir="auto"></parley-prose>
      ${ending(this.message, this.isLast, { goOn: () => this.announce('continue'), again })}${this.#after()}`
  }

  protected override updated(_changed: PropertyValues): void {
    const whole = this.message.outcome === 'completed' ? 'whole' : 'cut'
    this.querySelector<Prose>('parley-prose')!.show(this.#text, this.log?.generation ?? 0, this.#running ? 'growing' : whole)
    clearTimeout(this.#ticking)
    if (this.#reasons) this.#ticking = setTimeout(() => (this.now = Date.now()), 1000)
  }

  #reasoning(): TemplateResult | typeof nothing {
    if (!this.#running) return reasoning({ text: reasoningOf(this.message), running: false, milliseconds: this.message.receipt?.reasoning_ms ?? null })
    const reasoned = this.log?.reasoned ?? null
    const to = this.#reasons ? Math.max(this.now, reasoned?.to ?? 0) : (reasoned?.to ?? 0)
    return reasoning({ text: this.log?.reasoning ?? '', running: this.#reasons, milliseconds: reasoned === null ? null : to - reasoned.from })
  }

  #after(): TemplateResult | typeof nothing {
    if (this.#running) return nothing
    const facts = answerFacts(this.message.receipt)
    return html`<div class="after">
      <p class="footer" aria-label=${phrases.about_this_answer}>${facts.map((fact) => html`<span>${fact}</span>`)}</p>
      <parley-answer-actions class="actions" .message=${this.message} .agents=${this.agents}></parley-answer-actions>
    </div>`
  }
}

customElements.define('parley-answer', Answer)

import { html, nothing, type TemplateResult } from 'lit'
import type { Agent } from '#protocol/agent.ts'
import { phrases } from '../i18n/language.ts'
import { icon } from './icons.ts'
import { keyNames } from './key-names.ts'
import { LightElement } from './light-element.ts'

/** `<parley-welcome>`: a conversation that has not begun. Says who can be asked, and says `choose-agent` when one is. */
export class Welcome extends LightElement {
  static override properties = { agents: { attribute: false }, agent: { attribute: false } }

  declare agents: readonly Agent[]
  declare agent: Agent | null

  constructor() {
    super()
    this.agents = []
    this.agent = null
  }

  protected override render(): TemplateResult {
    const onlyLibrarian = this.agents.length > 0 && this.agents.every((agent) => agent.model === null)
    return html`<div class="turns welcome">
      <section class="turn">
        <div>
          <h2 class="greeting">${greeting(new Date().getHours())}</h2>
          ${this.agents.length === 0 ? nothing : html`<p class="prose">${onlyLibrarian ? phrases.no_model : phrases.whom_to_ask}</p>`}
          ${onlyLibrarian ? keys() : nothing}
        </div>
      </section>
      ${this.agents.length === 0 ? nothing : html`<section class="turn"><ul class="starts">${this.agents.map((agent) => this.#agent(agent))}</ul></section>`}
    </div>`
  }

  #agent(agent: Agent): TemplateResult {
    const chosen = agent.id === this.agent?.id
    return html`<li>
      <button type="button" aria-pressed=${chosen} @click=${() => this.announce('choose-agent', agent.id)}>
        <span class="name">${agent.name}${chosen ? icon('check', 'small') : nothing}</span><span>${agent.description}</span><small>${agent.model ?? phrases.librarian}</small>
      </button>
    </li>`
  }
}

function keys(): TemplateResult {
  return html`<p class="keys">${phrases.how_to_add_key} ${keyNames.map((name, index) => html`${index === 0 ? nothing : ', '}<code>${name}</code>`)}.</p>`
}

function greeting(hour: number): string {
  if (hour < 5 || hour >= 18) return phrases.good_evening
  return hour < 12 ? phrases.good_morning : phrases.good_afternoon
}

customElements.define('parley-welcome', Welcome)

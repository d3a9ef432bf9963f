import { html, nothing, type TemplateResult } from 'lit'
import type { Agent } from '#protocol/agent.ts'
import { phrases } from '../i18n/language.ts'
import { icon } from './icons.ts'
import { LightElement } from './light-element.ts'
import { moveInMenu, openMenu } from './menu.ts'

/** `<parley-agent-picker>`: who answers next, and on which model. Says `choose-agent` (the id). */
export class AgentPicker extends LightElement {
  static override properties = { agents: { attribute: false }, agent: { attribute: false } }

  declare agents: readonly Agent[]
  declare agent: Agent | null

  constructor() {
    super()
    this.agents = []
    this.agent = null
  }

  get #menu(): HTMLElement {
    return this.querySelector<HTMLElement>('.menu')!
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.agent === null) return nothing
    return html`<button type="button" class="picker" aria-haspopup="menu" title=${phrases.choose_agent} @click=${this.#open}>
        <span><b>${this.agent.name}</b> <span class="wide-only">${modelOf(this.agent)}</span></span>${icon('down', 'small')}
      </button>
      <div class="menu agents" role="menu" popover="auto" aria-label=${phrases.choose_agent} @keydown=${moveInMenu}>
        ${this.agents.map((agent) => this.#item(agent))}
      </div>`
  }

  #item(agent: Agent): TemplateResult {
    const chosen = agent.id === this.agent?.id
    return html`<button type="button" role="menuitemradio" aria-checked=${chosen} @click=${() => this.#choose(agent)}>
      <span class="name">${agent.name}${chosen ? icon('check', 'small') : nothing}</span><span class="model">${modelOf(agent)}</span>
      <small>${agent.description}</small>
    </button>`
  }

  #open(event: Event): void {
    openMenu(this.#menu, event.currentTarget as HTMLElement)
  }

  #choose(agent: Agent): void {
    this.#menu.hidePopover()
    this.announce('choose-agent', agent.id)
  }
}

export function modelOf(agent: Agent): string {
  return agent.model === null ? phrases.on_librarian : phrases.on_model(agent.model)
}

customElements.define('parley-agent-picker', AgentPicker)

import { html, type TemplateResult } from 'lit'
import { languageChoices, readPreferences, themes, type Preferences } from '../api/preferences.ts'
import { phrases } from '../i18n/language.ts'
import { icon } from './icons.ts'
import { LightElement } from './light-element.ts'
import { moveInMenu, openMenu } from './menu.ts'

/** `<parley-settings-menu>`: theme and language, and the list of shortcuts. Says `choose-theme`, `choose-language`, `show-shortcuts`. */
export class SettingsMenu extends LightElement {
  static override properties = { preferences: { state: true } }

  declare preferences: Preferences

  constructor() {
    super()
    this.preferences = readPreferences(document.cookie)
  }

  protected override render(): TemplateResult {
    return html`<button type="button" class="place" aria-haspopup="menu" @click=${this.#open}>${icon('settings')}<span>${phrases.settings}</span></button>
      <div class="menu settings" role="menu" popover="auto" aria-label=${phrases.settings} @keydown=${moveInMenu}>
        ${choices(phrases.theme, themes.map((theme) => ({ label: phrases.themes[theme], chosen: theme === this.preferences.theme, choose: () => this.#choose('choose-theme', theme) })))}
        ${choices(phrases.language_setting, languageChoices.map((choice) => ({
          label: phrases.languages[choice], chosen: choice === this.preferences.language, choose: () => this.#choose('choose-language', choice),
        })))}
        <div role="group" aria-label=${phrases.shortcuts}><button type="button" role="menuitem" @click=${() => this.#choose('show-shortcuts')}>${phrases.shortcuts}</button></div>
      </div>`
  }

  get #menu(): HTMLElement {
    return this.querySelector<HTMLElement>('.menu')!
  }

  /** What another tab chose meanwhile is what is chosen. */
  async #open(event: Event): Promise<void> {
    const button = event.currentTarget as HTMLElement
    this.preferences = readPreferences(document.cookie)
    await this.updateComplete
    openMenu(this.#menu, button)
  }

  #choose(event: string, choice?: string): void {
    this.#menu.hidePopover()
    this.announce(event, choice)
  }
}

interface Choice {
  readonly label: string
  readonly chosen: boolean
  readonly choose: () => void
}

function choices(label: string, all: readonly Choice[]): TemplateResult {
  return html`<div role="group" aria-label=${label}><p class="group" aria-hidden="true">${label}</p>
    ${all.map((one) => html`<button type="button" role="menuitemradio" aria-checked=${one.chosen} @click=${one.choose}>
      <span>${one.label}</span>${one.chosen ? icon('check', 'small') : ''}
    </button>`)}
  </div>`
}

customElements.define('parley-settings-menu', SettingsMenu)

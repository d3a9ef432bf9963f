import { html, type TemplateResult } from 'lit'
import { phrases } from '../i18n/language.ts'
import { icon } from './icons.ts'
import { LightElement } from './light-element.ts'
import { shortcutKeys } from './option-list.ts'
import { shortcuts, type ShortcutId } from './shortcut-table.ts'

/** `<parley-shortcuts>`: the keys of the page, in a dialog of their own. */
export class ShortcutsDialog extends LightElement {
  open(): void {
    this.querySelector('dialog')!.showModal()
  }

  protected override render(): TemplateResult {
    const ids = Object.keys(shortcuts) as ShortcutId[]
    return html`<dialog class="dialog shortcuts" aria-labelledby="shortcuts-title">
      <header class="bar">
        <h2 id="shortcuts-title">${phrases.shortcuts}</h2>
        <button type="button" class="tool-button" aria-label=${phrases.close} title=${phrases.close} @click=${this.#close}>${icon('close')}</button>
      </header>
      <dl>${ids.map((id) => html`<div><dt>${shortcuts[id].label}</dt><dd>${shortcutKeys(id)}</dd></div>`)}</dl>
    </dialog>`
  }

  #close(): void {
    this.querySelector('dialog')!.close()
  }
}

customElements.define('parley-shortcuts', ShortcutsDialog)

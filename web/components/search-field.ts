import { html, type TemplateResult } from 'lit'
import { limits } from '#protocol/limits.ts'
import { phrases } from '../i18n/language.ts'
import { icon } from './icons.ts'

/** The field that takes the brand's place. What an input method is still composing is no question yet. */
export function searchField(type: (text: string) => void, close: () => void): TemplateResult {
  const typed = (event: Event) => {
    if (!(event as InputEvent).isComposing) type((event.target as HTMLInputElement).value)
  }
  return html`<input type="search" class="field search" dir="auto" aria-label=${phrases.search_conversations} placeholder=${phrases.search}
      maxlength=${limits.searchCharacters} autocomplete="off" spellcheck="false" enterkeyhint="search" @input=${typed} @compositionend=${typed}>
    <button type="button" class="tool-button" aria-label=${phrases.close_search} title=${phrases.close_search} @click=${close}>${icon('close')}</button>`
}

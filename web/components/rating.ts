import { html, type TemplateResult } from 'lit'
import { limits } from '#protocol/limits.ts'
import type { BranchMessage } from '#protocol/message.ts'
import { phrases } from '../i18n/language.ts'
import { icon } from './icons.ts'
import { LightElement } from './light-element.ts'
import { openMenu } from './menu.ts'

type Thumb = 'up' | 'down'

/** `<parley-rating>`: two thumbs, and a word about why. The thumb counts at once; the reason may follow. Says `rate`. */
export class Rating extends LightElement {
  static override properties = { message: { attribute: false } }

  declare message: BranchMessage

  /** The thumb whose panel is open, and the reason that stood in it then. */
  #open: { readonly thumb: Thumb; readonly reason: string } | null = null

  get #field(): HTMLInputElement {
    return this.querySelector('input')!
  }

  get #panel(): HTMLElement {
    return this.querySelector<HTMLElement>('.why')!
  }

  protected override render(): TemplateResult {
    const rated = this.message.rating
    return html`${this.#thumb('up', phrases.good_answer)}${this.#thumb('down', phrases.bad_answer)}
      <form class="menu why" popover="auto" @submit=${this.#submit} @toggle=${this.#closed}>
        <label class="fact faint" for="why-${this.message.id}">${rated?.rating === 'down' ? phrases.why_bad : phrases.why_good}</label>
        <input class="field" id="why-${this.message.id}" type="text" dir="auto" maxlength=${limits.reasonCharacters} />
        <p class="chips"><button class="button">${phrases.keep_reason}</button>
          <button type="button" class="button plain" @click=${this.#takeBack}>${phrases.take_back}</button></p>
      </form>`
  }

  #thumb(thumb: Thumb, label: string): TemplateResult {
    const chosen = this.message.rating?.rating === thumb
    return html`<button type="button" class="tool-button" data-thumb=${thumb} aria-pressed=${chosen} aria-label=${label} title=${this.#titleOf(thumb, label)}
      @click=${(event: Event) => this.#choose(thumb, event.currentTarget as HTMLElement)}>${icon(thumb === 'up' ? 'good' : 'bad')}</button>`
  }

  #titleOf(thumb: Thumb, label: string): string {
    const rated = this.message.rating
    return rated?.rating === thumb && rated.reason !== null ? `${label}: ${rated.reason}` : label
  }

  #choose(thumb: Thumb, button: HTMLElement): void {
    const { rating } = this.message
    const reason = rating?.rating === thumb ? (rating.reason ?? '') : ''
    if (rating?.rating !== thumb) this.#rate(thumb, '')
    this.#open = { thumb, reason }
    openMenu(this.#panel, button)
    this.#field.value = reason
    this.#field.focus()
  }

  #submit(event: Event): void {
    event.preventDefault()
    this.#panel.hidePopover()
  }

  /** What was written is kept however the panel closes, also while the thumb itself is still on its way. */
  #closed(event: ToggleEvent): void {
    if (event.newState !== 'closed' || this.#open === null) return
    const reason = this.#field.value.trim()
    if (reason !== this.#open.reason) this.#rate(this.#open.thumb, reason)
    this.#open = null
  }

  #takeBack(): void {
    this.#open = null
    this.#rate(null, '')
    this.#panel.hidePopover()
  }

  #rate(rating: Thumb | null, reason: string): void {
    this.announce('rate', { answer: this.message, rating, reason })
  }
}

customElements.define('parley-rating', Rating)

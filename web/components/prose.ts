import { phrases } from '../i18n/language.ts'
import { iconElement } from './icons.ts'
import { copyText } from './copy-text.ts'
import { ProseWriter, type ProseState } from './markdown/prose-writer.ts'

const copiedMilliseconds = 1600

/**
 * `<parley-prose>`: what a model says, as Markdown, while it says it. Not a Lit element: it writes its own children, at
 * most once a frame.
 */
export class Prose extends HTMLElement {
  readonly #writer = new ProseWriter(this)
  #text = ''
  #generation = 0
  #state: ProseState = 'growing'
  #frame = 0

  connectedCallback(): void {
    this.addEventListener('click', this.#copyCode)
  }

  /** `generation` tells added text from other text; see AnswerLog. A growing text is drawn with the next frame, any other at once. */
  show(text: string, generation: number, state: ProseState): void {
    const growing = state === 'growing'
    this.classList.toggle('is-running', growing)
    if (text === this.#text && generation === this.#generation && state === this.#state) return
    const added = generation === this.#generation && text.length >= this.#text.length && (growing || text.startsWith(this.#text))
    if (!added) this.#writer.restart()
    this.#text = text
    this.#generation = generation
    this.#state = state
    if (!growing) this.#write()
    else if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#write())
  }

  #write(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    this.#writer.write(this.#text, this.#state)
    this.dispatchEvent(new Event('grown', { bubbles: true }))
  }

  readonly #copyCode = async (event: MouseEvent): Promise<void> => {
    const button = (event.target as Element).closest('button.copy-code')
    const code = button?.closest('.code')?.querySelector('code')?.textContent
    if (button == null || code == null || !(await copyText(code))) return
    button.replaceChildren(iconElement('check'))
    button.setAttribute('aria-label', phrases.copied)
    setTimeout(() => {
      button.replaceChildren(iconElement('copy'))
      button.setAttribute('aria-label', phrases.copy_code)
    }, copiedMilliseconds)
  }
}

customElements.define('parley-prose', Prose)

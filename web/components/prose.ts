import { phrases } from '../i18n/language.ts'
import { iconElement } from './icons.ts'
import { copyText } from './copy-text.ts'
import { codeOf } from './markdown/code-block.ts'
import { equip } from './markdown/equip.ts'
import { ProseWriter, type ProseState } from './markdown/prose-writer.ts'

const copiedMilliseconds = 1600
/** A long answer that is there already is drawn in slices of so many characters, one a frame. */
const sliceLength = 24_000
/** After a write that took long, others get their turn for so many times as long. */
const restFactor = 2
const shortMilliseconds = 8

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
  #restUntil = 0
  #awaits = false

  connectedCallback(): void {
    this.addEventListener('click', this.#act)
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
    else if (this.#frame === 0) this.#frame = requestAnimationFrame(this.#draw)
  }

  readonly #draw = (now: number): void => {
    if (now < this.#restUntil) this.#frame = requestAnimationFrame(this.#draw)
    else this.#write()
  }

  #write(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    const began = performance.now()
    const end = this.#writer.read + sliceLength
    if (this.#text.length > end) this.#writer.write(this.#text.slice(0, end), 'growing')
    else this.#writer.write(this.#text, this.#state)
    if (this.#writer.read < this.#text.length) this.#frame = requestAnimationFrame(this.#draw)
    if (this.#writer.waits && !this.#awaits) void this.#equip()
    const took = performance.now() - began
    if (took > shortMilliseconds) this.#restUntil = began + took * (1 + restFactor)
    this.dispatchEvent(new Event('grown', { bubbles: true }))
  }

  /** Draws what had to wait, as soon as it can be drawn. */
  async #equip(): Promise<void> {
    this.#awaits = true
    for (let loading = equip(this); loading !== null; loading = this.isConnected ? equip(this) : null) {
      await loading
    }
    this.dispatchEvent(new Event('grown', { bubbles: true }))
    this.#writer.waits = false
    this.#awaits = false
  }

  readonly #act = (event: MouseEvent): void => {
    const button = (event.target as Element).closest('button')
    const block = button?.closest<HTMLElement>('.code')
    if (button == null || block == null) return
    if (button.matches('.copy-code')) void copyCode(button, codeOf(block))
    if (button.matches('.wrap-code')) button.setAttribute('aria-pressed', String(block.classList.toggle('wraps')))
  }
}

async function copyCode(button: Element, code: string): Promise<void> {
  if (!(await copyText(code))) return
  button.replaceChildren(iconElement('check'))
  button.setAttribute('aria-label', phrases.copied)
  setTimeout(() => {
    button.replaceChildren(iconElement('copy'))
    button.setAttribute('aria-label', phrases.copy_code)
  }, copiedMilliseconds)
}

customElements.define('parley-prose', Prose)

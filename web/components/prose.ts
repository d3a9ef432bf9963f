import { phrases } from '../i18n/language.ts'
import { iconElement } from './icons.ts'
import { copyText } from './copy-text.ts'
import type { ProseState } from './markdown/prose-writer.ts'

const copiedMilliseconds = 1600
/** A long answer that is there already is drawn in slices of so many characters, one a frame. */
const sliceLength = 10_000
/** After a write that took long, others get their turn for so many times as long. */
const restFactor = 2
const shortMilliseconds = 8

interface Writer {
  /** How much of the text was taken in. */
  readonly read: number
  /** Whether something that was drawn is not finished yet. */
  readonly waits: boolean
  restart(): void
  write(text: string, state: ProseState): void
  /** Null when all is finished; else resolves when there may be more to do. */
  finish(): Promise<unknown> | null
}

let makeWriter: ((target: Element) => Writer) | null = null
let loading: Promise<void> | null = null

/** What turns Markdown into a page is half of all script, and nothing of it is needed before the first answer. */
function loadWriter(): Promise<void> {
  loading ??= import('./markdown/prose-writer.ts').then(
    ({ ProseWriter }) => void (makeWriter = (target) => new ProseWriter(target)),
    // A page that stayed open over an update finds its files gone: then text is shown as text.
    () => void (makeWriter = plainWriter),
  )
  return loading
}
// Safari has no such callback.
;(globalThis.requestIdleCallback ?? setTimeout)(() => void loadWriter())

function plainWriter(target: Element): Writer {
  return { read: Infinity, waits: false, restart: () => {}, write: (text) => target.replaceChildren(text), finish: () => null }
}

/**
 * `<parley-prose>`: what a model says, as Markdown, while it says it. Not a Lit element: it writes its own children, at
 * most once a frame.
 */
export class Prose extends HTMLElement {
  #writer: Writer | null = null
  #text = ''
  #generation = 0
  #state: ProseState = 'growing'
  #frame = 0
  #restUntil = 0
  #finishing = false

  connectedCallback(): void {
    this.addEventListener('click', this.#act)
  }

  /** `generation` tells added text from other text; see AnswerLog. A growing text is drawn with the next frame, any other at once. */
  show(text: string, generation: number, state: ProseState): void {
    const growing = state === 'growing'
    this.classList.toggle('is-running', growing)
    if (text === this.#text && generation === this.#generation && state === this.#state) return
    const added = generation === this.#generation && text.length >= this.#text.length && (growing || text.startsWith(this.#text))
    if (!added) this.#writer?.restart()
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
    if (makeWriter === null) return void loadWriter().then(() => this.#write())
    const writer = (this.#writer ??= makeWriter(this))
    const began = performance.now()
    const end = writer.read + sliceLength
    if (this.#text.length > end) writer.write(this.#text.slice(0, end), 'growing')
    else writer.write(this.#text, this.#state)
    if (writer.read < this.#text.length) this.#frame = requestAnimationFrame(this.#draw)
    if (writer.waits && !this.#finishing) void this.#finish(writer)
    const took = performance.now() - began
    if (took > shortMilliseconds) this.#restUntil = began + took * (1 + restFactor)
    this.dispatchEvent(new Event('grown', { bubbles: true }))
  }

  /** Draws what had to wait, as soon as it can be drawn. */
  async #finish(writer: Writer): Promise<void> {
    this.#finishing = true
    for (let more = writer.finish(); more !== null && this.isConnected; more = writer.finish()) await more
    this.#finishing = false
    this.dispatchEvent(new Event('grown', { bubbles: true }))
  }

  readonly #act = (event: MouseEvent): void => {
    const button = (event.target as Element).closest('button')
    const block = button?.closest<HTMLElement>('.code')
    if (button == null || block == null) return
    if (button.matches('.copy-code')) void copyCode(button, block.querySelector('code')!.textContent ?? '')
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

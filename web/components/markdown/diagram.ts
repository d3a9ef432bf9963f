/**
 * A block of code in Mermaid's language becomes a picture when it has come into view. It is drawn in a frame of no origin
 * (web/frames/diagram.ts): all that passes between is the source and colours in, and a size out. The source stays one
 * button away, and is what is shown when there is no picture.
 */
import { readBase } from '../../api/base-path.ts'
import { phrases } from '../../i18n/language.ts'
import { codeOf } from './code-block.ts'
import { element } from './elements.ts'

/** Longer than this nothing is waited for. */
const patienceMilliseconds = 15_000
/** The height of a picture, in CSS pixels, until its full size is asked for. */
const height = { least: 96, most: 480, full: 4000 }

/** The tokens that Mermaid's own names of colours stand for. */
const colours: Readonly<Record<string, string>> = {
  background: '--page', primaryColor: '--raised', primaryTextColor: '--ink', primaryBorderColor: '--edge', lineColor: '--ink-faint', textColor: '--ink',
  secondaryColor: '--tint', tertiaryColor: '--side', noteBkgColor: '--accent-tint', noteTextColor: '--ink', noteBorderColor: '--edge', edgeLabelBackground: '--side',
}

const comingIntoView = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue
      comingIntoView.unobserve(target)
      void new Diagram(target as HTMLElement)
    }
  },
  { rootMargin: '200px' },
)

/** Draws it when it comes into view. Where others stand below it and text still grows, its height stays what it was. */
export function drawDiagram(block: HTMLElement, keepsHeight: boolean): void {
  block.classList.replace('sketch', keepsHeight ? 'drawn-in-place' : 'drawn')
  comingIntoView.observe(block)
}

class Diagram {
  readonly #block: HTMLElement
  readonly #source: string
  readonly #pre: HTMLElement
  readonly #frame = document.createElement('iframe')
  readonly #theme = matchMedia('(prefers-color-scheme: dark)')
  readonly #timer: ReturnType<typeof setTimeout>
  #natural = height.most

  constructor(block: HTMLElement) {
    this.#block = block
    this.#source = codeOf(block)
    this.#pre = block.querySelector('pre')!
    const base = readBase(document.querySelector<HTMLMetaElement>('meta[name="parley-base"]')?.content, location.origin)
    this.#frame.setAttribute('sandbox', 'allow-scripts')
    this.#frame.title = phrases.diagram
    this.#frame.src = `${base.url}frames/diagram`
    this.#frame.className = 'picture'
    addEventListener('message', this.#hear)
    this.#theme.addEventListener('change', this.#draw)
    this.#timer = setTimeout(this.#fail, patienceMilliseconds)
    block.append(this.#frame)
  }

  /** From our own frame only; and of what it says, only what is of the kind that is expected. */
  readonly #hear = ({ source, data }: MessageEvent<unknown>): void => {
    if (!this.#frame.isConnected) return this.#leave()
    if (source !== this.#frame.contentWindow || typeof data !== 'object' || data === null) return
    const { type, width, height: tall } = data as Readonly<Record<string, unknown>>
    if (type === 'ready') this.#draw()
    else if (type === 'drawn' && isSize(width) && isSize(tall)) this.#show(width, tall)
    else this.#fail()
  }

  readonly #draw = (): void => {
    const style = getComputedStyle(this.#block)
    const named = Object.entries(colours).map(([name, token]) => [name, resolve(style, token)])
    this.#frame.contentWindow?.postMessage({ type: 'draw', source: this.#source, colours: Object.fromEntries(named), dark: isDark() }, '*')
  }

  #show(width: number, tall: number): void {
    clearTimeout(this.#timer)
    const shown = this.#block.classList.contains('has-picture')
    if (shown) return
    const room = this.#pre.clientWidth
    this.#natural = Math.min(height.full, tall * Math.min(1, room / width))
    const inPlace = this.#block.classList.contains('drawn-in-place')
    const pixels = inPlace ? this.#pre.offsetHeight : Math.min(height.most, Math.max(height.least, this.#natural))
    this.#frame.style.blockSize = `${pixels}px`
    this.#block.classList.add('has-picture')
    this.#pre.hidden = true
    this.#addButton(phrases.show_source, (pressed) => {
      this.#pre.hidden = !pressed
      this.#frame.hidden = pressed
    })
    if (this.#natural > pixels + 8) this.#addButton(phrases.enlarge_diagram, (pressed) => (this.#frame.style.blockSize = `${pressed ? this.#natural : pixels}px`))
  }

  #addButton(label: string, press: (pressed: boolean) => void): void {
    const button = element('button', 'button plain')
    button.setAttribute('type', 'button')
    button.setAttribute('aria-pressed', 'false')
    button.textContent = label
    button.addEventListener('click', () => {
      const pressed = button.getAttribute('aria-pressed') !== 'true'
      button.setAttribute('aria-pressed', String(pressed))
      press(pressed)
    })
    this.#block.querySelector('header span')!.after(button)
  }

  readonly #fail = (): void => {
    this.#leave()
    this.#frame.remove()
    if (!this.#block.isConnected) return
    this.#pre.hidden = false
    const sentence = element('p', 'sentence')
    sentence.textContent = phrases.diagram_failed
    this.#block.querySelector('header')!.after(sentence)
  }

  #leave(): void {
    clearTimeout(this.#timer)
    removeEventListener('message', this.#hear)
    this.#theme.removeEventListener('change', this.#draw)
  }
}

const isSize = (value: unknown): value is number => typeof value === 'number' && value > 0 && value < 1e6

/** A token as it is in this theme: what stands in a style sheet may be `light-dark(…)`, which Mermaid cannot read. */
function resolve(style: CSSStyleDeclaration, token: string): string {
  const value = style.getPropertyValue(token).trim()
  const parts = /^light-dark\((.+),\s*(.+)\)$/.exec(value)
  if (parts === null) return value
  return parts[isDark() ? 2 : 1]!
}

function isDark(): boolean {
  const chosen = document.documentElement.dataset['theme']
  return chosen === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark'
}

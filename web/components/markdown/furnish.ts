/** What the page adds to sanitised Markdown: a head with a copy button on code, a scroller around tables, links that leave. */
import { phrases } from '../../i18n/language.ts'
import { iconElement } from '../icons.ts'
import { languageOf } from './blocks.ts'

export function furnish(fragment: DocumentFragment): DocumentFragment {
  for (const link of fragment.querySelectorAll('a')) {
    link.target = '_blank'
    link.rel = 'noopener noreferrer'
    link.className = 'link'
  }
  for (const pre of fragment.querySelectorAll('pre')) {
    const code = pre.querySelector('code')
    pre.replaceWith(codeBlock(languageOf((code?.className ?? '').replace(/^language-/, '')), (code ?? pre).textContent ?? ''))
  }
  for (const table of fragment.querySelectorAll('table')) table.replaceWith(inScroller(table))
  for (const marked of fragment.querySelectorAll('[class]:not(.link, .code, .code *, .scroll)')) marked.removeAttribute('class')
  return fragment
}

/** A block of code with its language's name and a button; the button is answered where the prose stands. */
export function codeBlock(language: string, code: string): HTMLElement {
  const block = element('div', 'code')
  const head = element('header')
  const button = element('button', 'tool-button copy-code')
  const pre = element('pre')
  const text = element('code')
  button.setAttribute('type', 'button')
  button.setAttribute('aria-label', phrases.copy_code)
  button.setAttribute('title', phrases.copy_code)
  button.append(iconElement('copy'))
  head.append(Object.assign(element('span'), { textContent: language }), button)
  text.textContent = code.replace(/\n$/, '')
  pre.tabIndex = 0
  pre.append(text)
  block.append(head, pre)
  return block
}

/** Wide tables scroll by themselves, also by keyboard; the page never scrolls sideways. */
function inScroller(table: HTMLTableElement): HTMLElement {
  const scroller = element('div', 'scroll')
  scroller.tabIndex = 0
  scroller.append(table.cloneNode(true))
  return scroller
}

function element(name: string, className = ''): HTMLElement {
  const made = document.createElement(name)
  if (className !== '') made.className = className
  return made
}

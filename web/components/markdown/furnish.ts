/** What the page makes of sanitised Markdown: formulas, what one may do with code, a scroller around tables, links that leave. */
import { codeBlock } from './code-block.ts'
import { element } from './elements.ts'
import { furnishLink } from './links.ts'
import { typeset } from './typeset.ts'

export function furnish(fragment: DocumentFragment): DocumentFragment {
  for (const pre of fragment.querySelectorAll('pre')) {
    const code = pre.querySelector('code')
    pre.replaceWith(codeBlock((code?.className ?? '').replace(/^language-/, ''), (code ?? pre).textContent ?? ''))
  }
  for (const marked of fragment.querySelectorAll('[class]:not(.code, .code *, .maths, .formula)')) marked.removeAttribute('class')
  for (const link of fragment.querySelectorAll('a')) furnishLink(link)
  for (const table of fragment.querySelectorAll('table')) table.replaceWith(inScroller(table))
  typeset(fragment)
  return fragment
}

/** Wide tables scroll by themselves, also by keyboard; the page never scrolls sideways. */
function inScroller(table: HTMLTableElement): HTMLElement {
  const scroller = element('div', 'scroll')
  scroller.tabIndex = 0
  scroller.append(table.cloneNode(true))
  return scroller
}

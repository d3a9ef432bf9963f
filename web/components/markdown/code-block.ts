/** A block of code: its language's name, what one may do with it, and the code in parts. */
import { phrases } from '../../i18n/language.ts'
import { iconElement, type IconName } from '../icons.ts'
import { cutCode, type CodePart } from './code-parts.ts'
import { awaitLanguage } from './colours.ts'
import { element } from './elements.ts'

/** The buttons are answered where the prose stands. */
export function codeBlock(language: string, code: string): HTMLElement {
  const block = element('div', `code ${language === 'mermaid' ? 'sketch' : awaitLanguage(language) === null ? '' : 'plain'}`.trim())
  const head = element('header')
  const pre = element('pre')
  pre.tabIndex = 0
  pre.append(element('code'))
  head.append(Object.assign(element('span'), { textContent: language }), toolButton('wrap', phrases.wrap_code, 'wrap-code'), toolButton('copy', phrases.copy_code, 'copy-code'))
  block.append(head, pre)
  fillCode(block, language, code.replace(/\n$/, ''))
  return block
}

/** What stands in the block is replaced: all letters are the same in width and height whatever their colour, so nothing moves. */
export function fillCode(block: HTMLElement, language: string, code: string): void {
  block.dataset['language'] = language
  block.querySelector('code')!.replaceChildren(...cutCode(code, language).map(partElement))
}

/** Makes one block equal to another, and leaves how it is looked at: whether lines wrap, and how far it was scrolled. */
export function patchCode(held: HTMLElement, wanted: HTMLElement, patchChildren: (target: Element, source: ParentNode) => void): boolean {
  if (!wanted.classList.contains('code') || held.dataset['language'] !== wanted.dataset['language']) return false
  patchChildren(held.querySelector('code')!, wanted.querySelector('code')!)
  return true
}

export function codeOf(block: Element): string {
  return block.querySelector('code')?.textContent ?? ''
}

function partElement({ runs }: CodePart): HTMLElement {
  const part = element('span', 'part')
  part.append(...runs.map(({ text, colour }) => (colour === '' ? document.createTextNode(text) : Object.assign(element('span', colour), { textContent: text }))))
  return part
}

function toolButton(icon: IconName, label: string, name: string): HTMLElement {
  const button = element('button', `tool-button ${name}`)
  button.setAttribute('type', 'button')
  button.setAttribute('aria-label', label)
  button.setAttribute('title', label)
  button.append(iconElement(icon))
  return button
}

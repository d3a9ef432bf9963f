/**
 * Formulas and colours come in files of their own, and a diagram in a page of its own. Whatever was drawn before they were
 * there is finished when they are.
 */
import { codeOf, fillCode } from './code-block.ts'
import { awaitLanguage } from './colours.ts'
import { drawDiagram } from './diagram.ts'
import { loadTypesetting, typeset } from './typeset.ts'

/** What waits for something. */
export const waiting = 'code.waits, .code.plain, .code.sketch'

/** Finishes what can be finished. Null when that was all; else resolves when there may be more to do. */
export function equip(root: Element): Promise<unknown> | null {
  const loading: Promise<unknown>[] = []
  if (typeset(root)) loading.push(loadTypesetting().then(nextFrame))
  for (const block of root.querySelectorAll<HTMLElement>('.code.plain')) {
    const language = block.dataset['language']!
    const grammar = awaitLanguage(language)
    if (grammar === null) colour(block, language)
    else loading.push(grammar)
  }
  for (const block of root.querySelectorAll<HTMLElement>('.code.sketch')) {
    const grows = root.classList.contains('is-running')
    // The last block may still be written.
    if (!grows || !root.lastElementChild!.contains(block)) drawDiagram(block, grows)
  }
  return loading.length === 0 ? null : Promise.race(loading)
}

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve))

/** All letters are as wide and high whatever their colour, so nothing moves. */
function colour(block: HTMLElement, language: string): void {
  block.classList.remove('plain')
  fillCode(block, language, codeOf(block))
}

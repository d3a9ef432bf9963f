/**
 * Writes an answer into an element as it grows. Finished blocks are drawn once and never touched again; the open block
 * is mended, drawn and patched in place. The work of one write depends on the new text and the open block only.
 */
import { cutBlocks, openFence } from './blocks.ts'
import { codeBlock, furnish } from './furnish.ts'
import { mend, mendCut } from './mend.ts'
import { patchChildren } from './patch.ts'
import { renderMarkdown, type LinkDefinitions } from './renderer.ts'
import { sanitize } from './sanitize.ts'

/** growing: more may come · whole: it reached its end · cut: it did not, and what it has is all there will be. */
export type ProseState = 'growing' | 'whole' | 'cut'

export class ProseWriter {
  readonly #target: Element
  #read = 0
  #tail = ''
  #finished = 0
  #definitions: LinkDefinitions = {}
  #definedLate = false

  constructor(target: Element) {
    this.#target = target
  }

  /** Forgets what stands there; the next write starts at the first letter and patches over it. */
  restart(): void {
    this.#read = 0
    this.#tail = ''
    this.#finished = 0
    this.#definitions = {}
    this.#definedLate = false
  }

  /** Shows all of `text`, which begins with what was shown before. */
  write(text: string, state: ProseState): void {
    const { closed, tail } = cutBlocks(this.#tail + text.slice(this.#read))
    this.#read = text.length
    this.#tail = tail
    for (const block of closed) this.#finish(block)
    patchChildren(this.#target, this.#drawTail(tail, state), this.#finished)
    if (state !== 'growing' && this.#definedLate) this.#drawWhole(text)
  }

  #drawTail(tail: string, state: ProseState): ParentNode {
    if (state === 'growing') return this.#drawOpen(tail)
    return this.#draw(state === 'cut' ? mendCut(tail) : tail, this.#definitions)
  }

  #finish(block: string): void {
    const before = definitionCount(this.#definitions)
    const fragment = this.#draw(block, this.#definitions)
    const nodes = fragment.childNodes.length
    // Links that were drawn before their address was known are drawn again, once, when the answer is whole.
    this.#definedLate ||= definitionCount(this.#definitions) > before && this.#finished > 0
    patchChildren(this.#target, fragment, this.#finished)
    this.#finished += nodes
  }

  #drawOpen(tail: string): ParentNode {
    const fence = openFence(tail)
    if (fence === null) return this.#draw(mend(tail), { ...this.#definitions })
    const fragment = document.createDocumentFragment()
    fragment.append(codeBlock(fence.language, fence.code))
    return fragment
  }

  #draw(source: string, definitions: LinkDefinitions): DocumentFragment {
    const fragment = furnish(sanitize(renderMarkdown(source, definitions)))
    for (const node of [...fragment.childNodes]) if (node instanceof Text && node.data.trim() === '') node.remove()
    return fragment
  }

  #drawWhole(text: string): void {
    patchChildren(this.#target, this.#draw(text, {}))
    this.#definedLate = false
  }
}

function definitionCount(definitions: LinkDefinitions): number {
  return Object.keys(definitions.references ?? {}).length
}

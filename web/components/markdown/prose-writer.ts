/**
 * Writes an answer into an element as it grows. What is finished is drawn once and never touched again; the end is mended,
 * drawn and patched in place. The work of one write depends on the new text and on the last few lines only:
 *
 * 1. New whole lines are parsed behind what is left of the open path. Whatever is finished now gets its final form, and
 *    its lines are let go (open-path.ts).
 * 2. What is left is mended, half line and all, and drawn over what stood there.
 */
import { blockTree } from './block-tree.ts'
import { equip, waiting } from './equip.ts'
import { furnish } from './furnish.ts'
import { openDisplay } from './maths-source.ts'
import { mend, mendCut } from './mend.ts'
import { steadyColumns } from './steady-columns.ts'
import { settle, type Level } from './open-path.ts'
import { patchChildren, patchPath } from './patch.ts'
import { cutAt, longestRun, parseMarkdown, renderTokens, type LinkDefinitions, type Tokens } from './renderer.ts'
import { sanitize } from './sanitize.ts'

/** growing: more may come · whole: it reached its end · cut: it did not, and what it has is all there will be. */
export type ProseState = 'growing' | 'whole' | 'cut'

export class ProseWriter {
  readonly #target: Element
  #read = 0
  #tail = ''
  /** Outermost elements that are finished. */
  #finished = 0
  #levels: readonly Level[] = []
  #definitions: LinkDefinitions = {}
  #definedLate = false

  constructor(target: Element) {
    this.#target = target
  }

  #waits = false

  /** How much of the text was taken in. */
  get read(): number {
    return this.#read
  }

  /** Whether something was drawn that waits for formulas, colours or a picture. */
  get waits(): boolean {
    return this.#waits
  }

  /** Finishes what can be finished by now. Null when that was all; else resolves when there may be more to do. */
  finish(): Promise<unknown> | null {
    const more = equip(this.#target)
    this.#waits = more !== null
    return more
  }

  /** Forgets what stands there; the next write starts at the first letter and patches over it. */
  restart(): void {
    this.#read = 0
    this.#tail = ''
    this.#finished = 0
    this.#levels = []
    this.#definitions = {}
    this.#definedLate = false
  }

  /** Shows all of `text`, which begins with what was shown before. */
  write(text: string, state: ProseState): void {
    const added = text.slice(this.#read)
    this.#read = text.length
    this.#tail += added
    if (added.includes('\n')) this.#settle()
    if (this.#tail.length > longestRun) this.#cutLongParagraph()
    this.#patch(this.#draw(parseMarkdown(this.#shown(state), { references: { ...this.#definitions.references } })))
    if (state === 'growing') steadyColumns(this.#target.lastElementChild)
    if (state !== 'growing' && this.#definedLate) this.#drawWhole(text)
  }

  #shown(state: ProseState): string {
    if (state === 'growing') return mend(this.#tail)
    return state === 'cut' ? mendCut(this.#tail) : this.#tail
  }

  #settle(): void {
    const lines = this.#tail.lastIndexOf('\n') + 1
    const display = openDisplay(this.#tail.slice(0, lines))
    const end = display === -1 ? lines : display
    const whole = this.#tail.slice(0, end)
    const known = definitionCount(this.#definitions)
    const tokens = parseMarkdown(whole, this.#definitions)
    // Links that were drawn before their address was known are drawn again, once, when the answer is whole.
    this.#definedLate ||= definitionCount(this.#definitions) > known && this.#finished > 0
    const { text, blocks, levels } = settle(whole, blockTree(tokens), this.#levels)
    if (text !== whole || keepsMore(levels, this.#levels)) this.#patch(this.#draw(tokens))
    this.#tail = text + this.#tail.slice(end)
    this.#finished += blocks
    this.#levels = levels
  }

  /** A paragraph longer than anybody writes is shown as several, so that none costs more than the others. */
  #cutLongParagraph(): void {
    while (this.#tail.length > longestRun && this.#levels.length === 0) {
      const end = cutAt(this.#tail)
      const tokens = parseMarkdown(this.#tail.slice(0, end), this.#definitions)
      if (tokens.length !== 3 || tokens[1]!.type !== 'inline') return
      this.#patch(this.#draw(tokens))
      this.#finished += 1
      this.#tail = this.#tail.slice(end)
    }
  }

  #patch(drawn: ParentNode): void {
    patchPath(this.#target, drawn, this.#finished, this.#levels)
  }

  #draw(tokens: Tokens): DocumentFragment {
    const fragment = furnish(sanitize(renderTokens(tokens, this.#definitions)))
    this.#waits ||= fragment.querySelector(waiting) !== null
    return fragment
  }

  #drawWhole(text: string): void {
    patchChildren(this.#target, this.#draw(parseMarkdown(text, {})))
    this.#definedLate = false
  }
}

/** What is kept from now on must have been drawn whole. */
function keepsMore(levels: readonly Level[], before: readonly Level[]): boolean {
  return levels.some(({ kept }, depth) => kept > (before[depth]?.kept ?? 0))
}

function definitionCount(definitions: LinkDefinitions): number {
  return Object.keys(definitions.references ?? {}).length
}

/**
 * Text that comes in pieces may be cut inside a character: JSON can write one outside the basic plane as two escapes, and a
 * provider may put them into two deltas. Half a character can neither be stored nor shown, so it waits for its other half.
 */

/** Cuts text before a trailing high surrogate: the first half of a character whose second half has not come yet. */
export function splitWholeCharacters(text: string): { readonly whole: string; readonly rest: string } {
  const last = text.charCodeAt(text.length - 1)
  const half = last >= 0xd800 && last <= 0xdbff
  return half ? { whole: text.slice(0, -1), rest: text.slice(-1) } : { whole: text, rest: '' }
}

/** Keeps the pieces of one text well-formed. */
export class WholeCharacters {
  #half = ''

  /** The text that is whole now; what never found its other half becomes U+FFFD. */
  add(piece: string): string {
    const { whole, rest } = splitWholeCharacters(this.#half + piece)
    this.#half = rest
    return whole.isWellFormed() ? whole : whole.toWellFormed()
  }

  /** What is left when no more comes. */
  rest(): string {
    const rest = this.#half.toWellFormed()
    this.#half = ''
    return rest
  }
}

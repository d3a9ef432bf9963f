/**
 * Text that may be a JSON object or list, as it grows. It knows when the outermost bracket was closed, at the cost of one look at
 * each character; it does not check what stands between.
 */
export class StructuredText {
  #text = ''
  /** Brackets that wait to be closed, the innermost last; null before the first, or where the text begins with none. */
  #open: ('}' | ']')[] | null = null
  #quoted = false
  #escaped = false
  #kind: 'blank' | 'structured' | 'complete' | 'other' = 'blank'

  get text(): string {
    return this.#text
  }

  get complete(): boolean {
    return this.#kind === 'complete'
  }

  append(piece: string): void {
    this.#text += piece
    for (const character of piece) {
      if (this.#kind === 'complete' || this.#kind === 'other') return
      if (this.#kind === 'blank') this.#begin(character)
      else this.#step(character)
    }
  }

  #begin(character: string): void {
    if (/\s/.test(character)) return
    this.#open = character === '{' ? ['}'] : character === '[' ? [']'] : null
    this.#kind = this.#open ? 'structured' : 'other'
  }

  #step(character: string): void {
    if (this.#quoted) {
      if (this.#escaped) this.#escaped = false
      else if (character === '\\') this.#escaped = true
      else if (character === '"') this.#quoted = false
    } else if (character === '"') this.#quoted = true
    else if (character === '{') this.#open!.push('}')
    else if (character === '[') this.#open!.push(']')
    else if (character === '}' || character === ']') {
      if (this.#open!.pop() !== character) this.#kind = 'other'
      else if (this.#open!.length === 0) this.#kind = 'complete'
    }
  }
}

/**
 * Keeps deltas well-formed. JSON can write a character outside the basic plane as two escapes, and a provider may put them
 * into two deltas; half a character cannot be stored, so it waits for its other half.
 */
export class WholeCharacters {
  #half = ''

  /** The text that is whole now; what never found its other half becomes U+FFFD. */
  add(delta: string): string {
    const last = delta.charCodeAt(delta.length - 1)
    if (this.#half === '' && !isHighSurrogate(last)) return delta.isWellFormed() ? delta : delta.toWellFormed()
    const text = this.#half + delta
    this.#half = isHighSurrogate(last) ? text.slice(-1) : ''
    return (this.#half === '' ? text : text.slice(0, -1)).toWellFormed()
  }

  /** What is left when no more comes. */
  rest(): string {
    const rest = this.#half.toWellFormed()
    this.#half = ''
    return rest
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

/** The port to a tokenizer. It is one of one vendor's; what other models make of a text is learned beside it. */
export interface TokenCounter {
  /** The tokens of each text, in their order. Rejects where it cannot count. */
  count(texts: readonly string[]): Promise<readonly number[]>
}

/** The port to what is known of models before they are called: how much they take in, and what they cost. */
import type { PriceProblem } from '#protocol/turn.ts'

/** Dollars for a million tokens. Above a tier's start, which counts all tokens of the question, its price is that of every token. */
export type Rate = number | { readonly base: number; readonly tiers: readonly { readonly start: number; readonly price: number }[] }

/** What stands in a price list. A kind of token without a rate of its own costs what it is a part of: input, or output. */
export interface ModelPrice {
  /** `unpriced`: an endpoint of the operator's own, or the librarian; nobody sends a bill, and every rate is 0. */
  readonly source: 'catalogue' | 'operator' | 'unpriced'
  readonly input: Rate
  readonly cachedInput: Rate | null
  readonly cacheWrite: Rate | null
  readonly output: Rate
  readonly reasoning: Rate | null
}

export interface KnownModel {
  /** Tokens of question and answer together; null where the catalogue does not say. */
  readonly contextTokens: number | null
  readonly price: ModelPrice | { readonly problem: PriceProblem }
}

export interface ModelCatalog {
  /** What holds for a model at a moment (milliseconds since 1970): prices change. A model that nobody knows has a problem for a price. */
  find(provider: string, model: string, at: number): Promise<KnownModel>
}

/** What needs no bill. */
export const unpriced: ModelPrice = { source: 'unpriced', input: 0, cachedInput: null, cacheWrite: null, output: 0, reasoning: null }

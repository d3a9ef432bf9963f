/**
 * BM25F, the simple kind (Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009, 3.6): a word's counts
 * in all fields are first weighed, made comparable for the field's length and added, and only then saturate. So a word
 * in the title and in the body is one word, found better.
 */
import { kindOf, lengthOf, type DocumentKind } from './document-shape.ts'

export type Field = 'title' | 'body'

/** How many documents have this field, and how many words are in it, over everything one user has. */
export interface FieldTotals {
  readonly documents: number
  readonly words: number
}
export type Totals = Readonly<Record<Field, FieldTotals>>

/** How soon another occurrence adds nothing: the value of Lucene's BM25Similarity and of SQLite's bm25(). */
export const k1 = 1.2

/**
 * `b`, how much length counts: 0.75 for bodies, as there; less for titles, which are all short, so that a long one is
 * no worse (Zaragoza et al., Microsoft Cambridge at TREC-13, 2004, tune titles lower too). A word in a title weighs two.
 */
const fields: Readonly<Record<Field, { readonly weight: number; readonly b: number }>> = {
  title: { weight: 2, b: 0.4 },
  body: { weight: 1, b: 0.75 },
}

const fieldOf: Readonly<Record<DocumentKind, Field>> = { title: 'title', user: 'body', assistant: 'body' }

/** What one occurrence weighs in a field of so many words. */
export function gainIn(field: Field, words: number, totals: FieldTotals): number {
  const { weight, b } = fields[field]
  const average = Math.max(1, totals.words / Math.max(1, totals.documents))
  return weight / (1 - b + (b * words) / average)
}

/** The same for every shape a document can have; 0 for what is no document, or none of `kinds`. */
export function gainsByShape(totals: Totals, kinds: readonly DocumentKind[]): Float64Array {
  return Float64Array.from({ length: 256 }, (_, shape) => {
    const kind = kindOf(shape)
    return kind === null || !kinds.includes(kind) ? 0 : gainIn(fieldOf[kind], lengthOf(shape), totals[fieldOf[kind]])
  })
}

/** How much a word tells that so many of all documents hold (ibid., 3.3, kept above 0 as Lucene does). */
export function rarity(holding: number, all: number): number {
  return Math.log(1 + (Math.max(all, holding) - holding + 0.5) / (holding + 0.5))
}

/** A word's worth in a document in which it weighs so much. */
export function saturate(weight: number): number {
  return weight / (k1 + weight)
}

/**
 * The first pass over all that a user has: every document that holds a word of the question is scored by itself, and the best
 * are kept. The second pass, rank-hits.ts, knows what belongs together.
 */
import { gainsByShape, rarity, saturate, type Totals } from './bm25f.ts'
import type { DocumentKind } from './document-shape.ts'
import type { Postings } from './postings.ts'

export interface Archive {
  readonly totals: Totals
  /** The shape of each document under its number; 0 where there is none. */
  readonly shapes: Uint8Array
}

export interface Candidate {
  readonly document: number
  readonly score: number
  /** What each word weighs in this document, in the order of the words. */
  readonly weights: readonly number[]
}

export interface RankedDocuments {
  /** The best first; of equally good ones the one that came last. */
  readonly candidates: readonly Candidate[]
  /** What each word tells, in the order of the words. */
  readonly worth: readonly number[]
}

/** `words`: where each word of the question stands, in any order; the same order gives the same bits on every engine. */
export function rankDocuments(words: readonly Postings[], archive: Archive, options: { readonly kinds: readonly DocumentKind[]; readonly limit: number }): RankedDocuments {
  const { totals, shapes } = archive
  const all = totals.title.documents + totals.body.documents
  const worth = words.map(({ documents }) => rarity(Math.max(1, documents.length), all))
  const gains = gainsByShape(totals, options.kinds)
  const scores = new Float64Array(shapes.length)
  for (const [n, { documents, frequencies }] of words.entries()) {
    for (let i = 0; i < documents.length; i++) {
      const document = documents[i]!
      scores[document]! += worth[n]! * saturate(frequencies[i]! * gains[shapes[document] ?? 0]!)
    }
  }
  const candidates = best(scores, options.limit).map((document) => ({
    document, score: scores[document]!,
    weights: words.map((postings) => frequencyIn(postings, document) * gains[shapes[document]!]!),
  }))
  return { candidates, worth }
}

/** The documents with the highest scores. Sorting all of them would cost most of a search: first they are only counted by their score. */
function best(scores: Float64Array, limit: number): readonly number[] {
  const least = scoreOfBest(scores, limit)
  const documents: number[] = []
  for (let document = 0; document < scores.length; document++) if (scores[document]! > 0 && scores[document]! >= least) documents.push(document)
  return documents.sort((a, b) => scores[b]! - scores[a]! || b - a).slice(0, limit)
}

const steps = 1024

/** A score that at least `limit` documents reach, if there are so many, and not many more. */
function scoreOfBest(scores: Float64Array, limit: number): number {
  let highest = 0
  for (let document = 0; document < scores.length; document++) if (scores[document]! > highest) highest = scores[document]!
  if (highest === 0) return Infinity
  const counts = new Uint32Array(steps + 1)
  for (let document = 0; document < scores.length; document++) counts[Math.floor((scores[document]! / highest) * steps)]!++
  let [step, reached] = [steps, counts[steps]!]
  while (step > 0 && reached < limit) reached += counts[--step]!
  // A hair less, because the division was rounded.
  return (step / steps) * highest * (1 - 1e-12)
}

/** 0 where the word does not stand in the document. */
function frequencyIn({ documents, frequencies }: Postings, document: number): number {
  let [low, high] = [0, documents.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (documents[middle]! < document) low = middle + 1
    else high = middle
  }
  return documents[low] === document ? frequencies[low]! : 0
}

/**
 * What ranking must know of every document, in one byte: what it is, and about how long. Two bits for the kind, six for the
 * length in steps of a fifth, as Lucene keeps its norms (https://lucene.apache.org/core/9_0_0/core/org/apache/lucene/util/SmallFloat.html).
 */
export const documentKinds = ['title', 'user', 'assistant'] as const
export type DocumentKind = (typeof documentKinds)[number]

const step = 1.2
const mostSteps = 63

/** 0 is no document. `length` in words. */
export function shapeByte(kind: DocumentKind, length: number): number {
  const steps = Math.min(mostSteps, Math.round(Math.log(Math.max(1, length)) / Math.log(step)))
  return (documentKinds.indexOf(kind) + 1) * 64 + steps
}

/** Null: there is no such document, or no longer. */
export function kindOf(shape: number): DocumentKind | null {
  return documentKinds[(shape >> 6) - 1] ?? null
}

/** In words, within a tenth of what it was. */
export function lengthOf(shape: number): number {
  return lengths[shape & mostSteps]!
}

const lengths = Array.from({ length: mostSteps + 1 }, (_, steps) => step ** steps)

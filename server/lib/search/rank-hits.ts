/**
 * The second pass, over the best documents: a message is weighed together with its conversation's title and, more lightly, with
 * what else was said there; of equally good ones the newer is better.
 */
import { saturate } from './bm25f.ts'
import type { DocumentKind } from './document-shape.ts'
import type { Candidate } from './rank-documents.ts'

/** A candidate and where it belongs. A title has no message. */
export interface PlacedCandidate extends Candidate {
  readonly kind: DocumentKind
  readonly conversationId: string
  readonly messageId: string | null
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

export interface Hit {
  readonly document: number
  readonly conversationId: string
  /** Null: only the title was found. */
  readonly messageId: string | null
  readonly createdAt: number
  readonly score: number
  /** 0 to 1: how much of what the question tells this document itself holds. */
  readonly share: number
}

/** What a word weighs that stands elsewhere in the conversation, against the same in the message. */
const besideWeight = 0.3
/** What was said just now is worth a tenth more than what was said long ago; half of that after a month. */
const newness = 0.1
const newnessHalfLifeMs = 30 * 24 * 3_600_000

/** All hits, the best first; `now` in milliseconds since 1970. */
export function rankHits(candidates: readonly PlacedCandidate[], worth: readonly number[], now: number): readonly Hit[] {
  const told = worth.reduce((sum, one) => sum + one, 0)
  return [...Map.groupBy(candidates, (candidate) => candidate.conversationId).values()]
    .flatMap((together) => hitsOf(together, worth, told, now))
    .sort((a, b) => b.score - a.score || b.createdAt - a.createdAt || (a.conversationId < b.conversationId ? 1 : -1))
}

/** The best hit of each conversation, the best first. */
export function bestOfEach(hits: readonly Hit[]): readonly Hit[] {
  const seen = new Set<string>()
  return hits.filter(({ conversationId }) => !seen.has(conversationId) && seen.add(conversationId))
}

function hitsOf(together: readonly PlacedCandidate[], worth: readonly number[], told: number, now: number): readonly Hit[] {
  const title = together.find((one) => one.kind === 'title')
  const messages = together.filter((one) => one.kind !== 'title')
  const beside = worth.map((_, n) => besideWeight * Math.max(0, ...messages.map((message) => message.weights[n]!)))
  return (messages.length > 0 ? messages : together).map((one) => {
    const weights = one.weights.map((weight, n) => Math.max(weight, beside[n]!) + (one === title ? 0 : (title?.weights[n] ?? 0)))
    const score = weights.reduce((sum, weight, n) => sum + worth[n]! * saturate(weight), 0)
    const held = one.weights.reduce((sum, weight, n) => sum + (weight > 0 ? worth[n]! : 0), 0)
    return {
      document: one.document, conversationId: one.conversationId, messageId: one.messageId, createdAt: one.createdAt, share: told > 0 ? held / told : 0,
      score: score * (1 + newness * 2 ** (-Math.max(0, now - one.createdAt) / newnessHalfLifeMs)),
    }
  })
}

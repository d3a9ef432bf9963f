import { tokenize } from '../../lib/search/tokenize.ts'
import type { FoundMessage } from '../../store/search-index.ts'

/** Something the user once wrote, and where. */
export interface Quote {
  readonly text: string
  readonly conversationId: string
  readonly conversationTitle: string | null
  /** Milliseconds since 1970. */
  readonly at: number
}

/** How much of a message is quoted at most, and how many are looked at for the best three. */
export const quoteCharacters = 480
export const quotesLookedAt = 20

const mostQuotes = 3
/** Messages that hold less of what the question tells are not quoted: nothing is better than something. */
const leastShare = 1 / 3

/** At most three quotes out of what the search found, in its order; no text twice, and never the question itself asked before. */
export function pickQuotes(question: string, found: readonly FoundMessage[]): readonly Quote[] {
  const seen = new Set([essence(question)])
  return found
    .filter(({ share }) => share >= leastShare)
    .filter(({ text }) => !seen.has(essence(text)) && seen.add(essence(text)))
    .slice(0, mostQuotes)
    .map(({ text, conversationId, conversationTitle, createdAt }) => ({ text, conversationId, conversationTitle, at: createdAt }))
}

/** What is left of a text without case, accents and signs. */
function essence(text: string): string {
  return [...tokenize(text.slice(0, quoteCharacters))].map((token) => token.folded).join(' ')
}

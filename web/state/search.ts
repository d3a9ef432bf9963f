/** Searching the conversations: what is typed, and the hits that are shown for it. */
import type { Conversation, SearchHit } from '#protocol/conversation.ts'

export type FoundConversation = Conversation & { readonly hit: SearchHit }

export interface Search {
  /** As it stands in the field; blank while nothing is asked. */
  readonly text: string
  /** The question that `found` answers; null before the first answer. Until the next one comes, the last one stands. */
  readonly answered: string | null
  readonly found: readonly FoundConversation[]
  /** How many conversations were found in all; `found` holds the best. */
  readonly total: number
  readonly failed: boolean
}

export const emptySearch: Search = { text: '', answered: null, found: [], total: 0, failed: false }

/** Cleared, the field begins anew: hits of an earlier question do not come back for a moment. */
export function typed(search: Search | null, text: string): Search {
  return text.trim() === '' ? { ...emptySearch, text } : { ...(search ?? emptySearch), text }
}

/** Only an answer to what stands in the field now counts; one that comes late is dropped. */
export function answeredWith(search: Search | null, question: string, answer: Pick<Search, 'found' | 'total'> | null): Search | null {
  if (search === null || search.text.trim() !== question) return search
  return { ...search, answered: question, found: answer?.found ?? [], total: answer?.total ?? 0, failed: answer === null }
}

/** What was deleted is no longer offered. */
export function withoutFound(search: Search | null, id: string): Search | null {
  if (search === null || !search.found.some((item) => item.id === id)) return search
  return { ...search, found: search.found.filter((item) => item.id !== id), total: search.total - 1 }
}

/** Do the hits answer what stands in the field? */
export function isAnswered(search: Search): boolean {
  return search.answered === search.text.trim()
}

export interface SnippetPart {
  readonly text: string
  readonly marked: boolean
}

/** A text in parts, by the ranges to mark (UTF-16 units, rising). Ranges that do not fit the text mark what they can. */
export function partsOf(text: string, ranges: readonly (readonly [number, number])[]): readonly SnippetPart[] {
  const parts: SnippetPart[] = []
  let at = 0
  for (const [from, to] of ranges) {
    if (from < at || to <= from) continue
    parts.push({ text: text.slice(at, from), marked: false }, { text: text.slice(from, to), marked: true })
    at = to
  }
  return [...parts, { text: text.slice(at), marked: false }].filter((part) => part.text !== '')
}

/**
 * The port to the search: how documents come into it and how they are found. It is part of the store, because what it knows
 * is committed with what it knows it of.
 */
import type { Conversation, SearchHit } from '#protocol/conversation.ts'
import type { Actor } from '../lib/actor.ts'
import type { DocumentKind } from '../lib/search/document-shape.ts'
import type { PackedBlocks } from '../lib/search/packed-blocks.ts'

/** A title or a message, taken apart into its lexemes and ready to be added. */
export interface PreparedDocument {
  readonly actor: Actor
  readonly kind: DocumentKind
  readonly conversationId: string
  /** Null for a title. */
  readonly messageId: string | null
  /** The title that was read; null for a message. */
  readonly title: string | null
  readonly createdAt: number
  readonly length: number
  /** See lib/search/document-terms.ts. Empty: there is nothing to find it by, and it becomes no document. */
  readonly terms: string
}

/** The postings of a user's fresh documents, ready to be written in slices; see finishMerge. */
export interface PlannedMerge {
  readonly archiveId: number
  /** The last document that is merged. */
  readonly upTo: number
  readonly slices: readonly PackedBlocks[]
}

/** A slice of a user's postings without what was purged: blocks that change, from the lexeme `after` on. */
export interface PlannedForgetting {
  readonly archiveId: number
  /** How often something had been purged when this was planned. */
  readonly purges: number
  readonly after: string
  /** Where the next slice starts; null: this is the last. */
  readonly next: string | null
  readonly slice: PackedBlocks
}

export interface SearchRequest {
  readonly text: string
  readonly archived: boolean
  readonly page: number
  readonly perPage: number
  /** Milliseconds since 1970: what is newer is a little better. */
  readonly now: number
}

export type FoundConversation = Conversation & { readonly hit: SearchHit }

export interface MessageSearch {
  readonly text: string
  readonly exceptMessageId: string
  readonly limit: number
  /** About how much of each message is handed over. */
  readonly characters: number
  /** Milliseconds since 1970: what is newer is a little better. */
  readonly now: number
}

/** A message of the user's own that was found. */
export interface FoundMessage {
  readonly messageId: string
  readonly conversationId: string
  readonly conversationTitle: string | null
  /** The message; of a longer one the stretch that holds the most of the question, with … where it is cut. */
  readonly text: string
  readonly createdAt: number
  /** 0 to 1: how much of what the question tells this message holds. */
  readonly share: number
}

export interface SearchIndex {
  // ── Commands: each holds the writer for a few milliseconds at most ──
  /** Gives documents their numbers and makes them findable. What was added before, or was renamed since, is left out. */
  addDocuments(documents: readonly PreparedDocument[], now: number): Promise<void>
  /** Writes a slice of a planned merge. It counts only after finishMerge; writing it again changes nothing. */
  writePostings(archiveId: number, slice: PackedBlocks): Promise<void>
  finishMerge(merge: Omit<PlannedMerge, 'slices'>): Promise<void>
  forgetPostings(slice: PlannedForgetting): Promise<void>

  // ── Long reads, away from the thread that streams ──
  /** What waits to be indexed, the newest first: a bounded slice. */
  readUnindexed(): Promise<readonly PreparedDocument[]>
  /** The next merge of a user who has enough fresh documents; null when nobody has. */
  planMerge(): Promise<PlannedMerge | null>
  /** The next slice of postings that may name what was purged; null when none do. */
  planForgetting(): Promise<PlannedForgetting | null>
  /** Conversations by their titles and messages, the best first; the total counts those that were ranked. */
  searchConversations(actor: Actor, request: SearchRequest): Promise<{ readonly items: readonly FoundConversation[]; readonly total: number }>
  /** This user's own messages, the best first; none where the text is all small words. */
  searchMessages(actor: Actor, request: MessageSearch): Promise<readonly FoundMessage[]>
}

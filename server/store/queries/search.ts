import type { Conversation, SearchHit } from '#protocol/conversation.ts'
import type { Part } from '#protocol/message.ts'
import type { Actor } from '../../lib/actor.ts'
import { documentKinds, type DocumentKind } from '../../lib/search/document-shape.ts'
import { bestOfEach, rankHits, type Hit, type PlacedCandidate } from '../../lib/search/rank-hits.ts'
import { snippetOf } from '../../lib/search/snippet.ts'
import { all, type Command } from '../command.ts'
import { conversationFromRow, textOf } from '../rows.ts'
import type { Sql } from '../schema.ts'
import type { FoundConversation, FoundMessage, MessageSearch, SearchRequest } from '../search-index.ts'
import type { Page } from '../store.ts'
import { findDocuments, type FoundDocuments } from './find-documents.ts'
import { padded } from './padded.ts'

/** Documents that are weighed with their conversations, and rows asked for at a time. */
const mostPlaced = 250
const askTogether = 250
const snippetCharacters = 200

/** The best first. */
export function* searchConversations(db: Sql, input: { readonly actor: Actor; readonly request: SearchRequest }): Command<Page<FoundConversation>> {
  const { actor, request } = input
  const found = yield* findDocuments(db, { actor, text: request.text, kinds: documentKinds, smallWords: true })
  if (!found) return { items: [], total: 0 }
  const placed = yield* placeCandidates(db, actor, found, { archived: request.archived })
  const hits = bestOfEach(rankHits(placed, found.worth, request.now))
  const shown = hits.slice((request.page - 1) * request.perPage, request.page * request.perPage)
  const read = yield* readHits(db, found.archiveId, shown)
  return {
    total: hits.length,
    items: read.map(({ hit, conversation, text }) => ({ ...conversation, hit: showHit(hit, text ?? conversation.title ?? '', found) })),
  }
}

/** This user's own messages, the best first; none where the text is all small words. */
export function* searchMessages(db: Sql, input: { readonly actor: Actor; readonly request: MessageSearch }): Command<readonly FoundMessage[]> {
  const { actor, request } = input
  const found = yield* findDocuments(db, { actor, text: request.text, kinds: ['user'], smallWords: false })
  if (!found) return []
  const placed = yield* placeCandidates(db, actor, found, {})
  const hits = rankHits(placed, found.worth, request.now).filter((hit) => hit.messageId !== request.exceptMessageId).slice(0, request.limit)
  const read = yield* readHits(db, found.archiveId, hits)
  return read.map(({ hit, conversation, text }) => ({
    messageId: hit.messageId!, conversationId: hit.conversationId, conversationTitle: conversation.title,
    text: snippetOf(text ?? '', found.words, { characters: request.characters, worth: found.worth }).text, createdAt: hit.createdAt, share: hit.share,
  }))
}

/** The best candidates with where they belong. What was deleted, or is kept elsewhere, makes room for the next ones. */
function* placeCandidates(db: Sql, actor: Actor, found: FoundDocuments, only: { readonly archived?: boolean }): Command<readonly PlacedCandidate[]> {
  const placed: PlacedCandidate[] = []
  for (let n = 0; n < found.candidates.length && placed.length < mostPlaced; n += askTogether) {
    const asked = found.candidates.slice(n, n + askTogether)
    const rows = yield* all(placesOf(db, actor, found.archiveId, asked.map(({ document }) => document), only))
    const places = new Map(rows.map((row) => [row.document, row]))
    for (const candidate of asked) {
      const place = places.get(candidate.document)
      if (place) placed.push({ ...candidate, kind: place.kind, conversationId: place.conversation_id, messageId: place.message_id, createdAt: place.created_at })
    }
  }
  return placed
}

function placesOf(db: Sql, actor: Actor, archiveId: number, documents: readonly number[], { archived }: { readonly archived?: boolean }) {
  return db.selectFrom('search_document').innerJoin('conversation', 'conversation.id', 'search_document.conversation_id')
    .select(['document', 'kind', 'conversation_id', 'message_id', 'search_document.created_at'])
    .where('archive_id', '=', archiveId).where('document', 'in', padded(documents, askTogether, 0))
    .where('conversation.tenant_id', '=', actor.tenantId).where('conversation.user_id', '=', actor.userId).where('conversation.deleted_at', 'is', null)
    .$if(archived !== undefined, (query) => query.where('archived', '=', archived ? 1 : 0))
    .$narrowType<{ kind: DocumentKind }>()
}

interface ReadHit {
  readonly hit: Hit
  readonly conversation: Conversation
  /** Null for a title. */
  readonly text: string | null
}

/** Hits with what they hit, in their order. Found by their numbers in this user's archive, so that they can be nobody else's. */
function* readHits(db: Sql, archiveId: number, hits: readonly Hit[]): Command<readonly ReadHit[]> {
  if (hits.length === 0) return []
  const rows = yield* all(
    db.selectFrom('search_document').innerJoin('conversation', 'conversation.id', 'search_document.conversation_id')
      .leftJoin('message', 'message.id', 'search_document.message_id').selectAll('conversation').select(['document', 'message.parts'])
      .where('archive_id', '=', archiveId).where('document', 'in', hits.map((hit) => hit.document)),
  )
  const read = new Map(rows.map((row) => [row.document, row]))
  return hits.flatMap((hit) => {
    const row = read.get(hit.document)
    return row ? [{ hit, conversation: conversationFromRow(row), text: row.parts === null ? null : textOf(JSON.parse(row.parts) as Part[]) }] : []
  })
}

function showHit(hit: Hit, text: string, found: FoundDocuments): SearchHit {
  const { text: snippet, ranges } = snippetOf(text, found.words, { characters: snippetCharacters, worth: found.worth, oneLine: true })
  return { message_id: hit.messageId, snippet, ranges: ranges.map(([start, end]) => [start, end]) }
}

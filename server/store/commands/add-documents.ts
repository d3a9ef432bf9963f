import { sql } from 'kysely'
import { actorKey, type Actor } from '../../lib/actor.ts'
import { shapeByte } from '../../lib/search/document-shape.ts'
import { all, change, first, type Command } from '../command.ts'
import type { Sql } from '../schema.ts'
import { unindexedTitle } from '../search-conditions.ts'
import type { PreparedDocument } from '../search-index.ts'
import { dropDocuments } from './drop-documents.ts'

/**
 * Gives the documents of each user their next numbers, in the order in which they come. A message that another call has added, or a
 * title that is no longer the conversation's, is left out: what is written is what is marked as written, in one commit.
 */
export function* addDocuments(db: Sql, input: { readonly documents: readonly PreparedDocument[]; readonly now: number }): Command<void> {
  const isTitle = ({ kind }: PreparedDocument) => kind === 'title'
  const titles = yield* markTitles(db, input.documents.filter(isTitle))
  const messages = yield* markMessages(db, input.documents.filter((document) => !isTitle(document)), input.now)
  const added = input.documents.filter((document) => document.terms !== '' && (isTitle(document) ? titles.has(document.conversationId) : messages.has(document.messageId!)))
  for (const ofUser of Map.groupBy(added, ({ actor }) => actorKey(actor)).values()) yield* insertDocuments(db, ofUser[0]!.actor, ofUser)
}

/** The messages that nobody had marked before. */
function* markMessages(db: Sql, messages: readonly PreparedDocument[], now: number): Command<ReadonlySet<string>> {
  if (messages.length === 0) return new Set()
  const marked = yield* all(
    db.updateTable('message').set({ indexed_at: now }).where('id', 'in', messages.map(({ messageId }) => messageId!)).where('indexed_at', 'is', null).returning('id'),
  )
  return new Set(marked.map(({ id }) => id))
}

/** The conversations that are still called so. Their titles' earlier documents are none any more. */
function* markTitles(db: Sql, titles: readonly PreparedDocument[]): Command<ReadonlySet<string>> {
  if (titles.length === 0) return new Set()
  const marked = yield* all(
    db.updateTable('conversation').set({ indexed_title: sql<string>`title` })
      .where((column) => column.or(titles.map(({ conversationId, title }) => column.and([column('id', '=', conversationId), column('title', '=', title)]))))
      .where(unindexedTitle).returning('id'),
  )
  if (marked.length === 0) return new Set()
  const ids = marked.map(({ id }) => id)
  const earlier = yield* all(db.selectFrom('search_document').select(['archive_id', 'document']).where('conversation_id', 'in', ids).where('kind', '=', 'title'))
  for (const [archiveId, rows] of Map.groupBy(earlier, (row) => row.archive_id)) yield* dropDocuments(db, { archiveId, documents: rows.map(({ document }) => document) })
  return new Set(ids)
}

function* insertDocuments(db: Sql, actor: Actor, documents: readonly PreparedDocument[]): Command<void> {
  const archive = yield* countIn(db, actor, documents)
  const before = archive.last_document - documents.length
  yield* change(
    db.insertInto('search_document').values(documents.map((document, n) => ({
      archive_id: archive.id, document: before + n + 1, kind: document.kind, conversation_id: document.conversationId,
      message_id: document.messageId, created_at: document.createdAt, shape: shapeByte(document.kind, document.length), terms: document.terms,
    }))),
  )
}

/** Counts documents in, and makes the user's archive with the first of them. Resolves with the last number that is given away. */
function* countIn(db: Sql, actor: Actor, documents: readonly PreparedDocument[]): Command<{ readonly id: number; readonly last_document: number }> {
  const [titles, bodies] = [documents.filter(({ kind }) => kind === 'title'), documents.filter(({ kind }) => kind !== 'title')]
  const words = (counted: readonly PreparedDocument[]) => counted.reduce((sum, { length }) => sum + length, 0)
  const row = yield* first(
    db.insertInto('search_archive')
      .values({
        id: sql<number>`(select coalesce(max(id), 0) + 1 from search_archive)`, tenant_id: actor.tenantId, user_id: actor.userId,
        last_document: documents.length, merged_document: 0,
        title_documents: titles.length, title_words: words(titles), body_documents: bodies.length, body_words: words(bodies),
      })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id']).doUpdateSet({
        last_document: sql<number>`search_archive.last_document + excluded.last_document`,
        title_documents: sql<number>`search_archive.title_documents + excluded.title_documents`,
        title_words: sql<number>`search_archive.title_words + excluded.title_words`,
        body_documents: sql<number>`search_archive.body_documents + excluded.body_documents`,
        body_words: sql<number>`search_archive.body_words + excluded.body_words`,
      }))
      .returning(['id', 'last_document']),
  )
  return row!
}

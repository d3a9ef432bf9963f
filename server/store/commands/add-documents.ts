import { sql } from 'kysely'
import { shapeByte } from '../../lib/search/document-shape.ts'
import { change, first, type Command } from '../command.ts'
import type { Sql } from '../schema.ts'
import type { PreparedDocument } from '../search-index.ts'
import { dropDocuments } from './drop-documents.ts'

/**
 * Gives each document the next number of its user. A message that another call has added, or a title that is no longer the
 * conversation's, is left out: what is written is what is marked as written, in one commit.
 */
export function* addDocuments(db: Sql, input: { readonly documents: readonly PreparedDocument[]; readonly now: number }): Command<void> {
  for (const document of input.documents) {
    const isNew = document.kind === 'title' ? yield* markTitle(db, document) : yield* markMessage(db, document, input.now)
    if (isNew && document.terms !== '') yield* insertDocument(db, document)
  }
}

function* markMessage(db: Sql, document: PreparedDocument, now: number): Command<boolean> {
  return (yield* change(db.updateTable('message').set({ indexed_at: now }).where('id', '=', document.messageId).where('indexed_at', 'is', null))) > 0
}

/** The title's earlier document is none any more. */
function* markTitle(db: Sql, { conversationId, title }: PreparedDocument): Command<boolean> {
  const marked = yield* change(
    db.updateTable('conversation').set({ indexed_title: title })
      .where('id', '=', conversationId).where('title', '=', title).where(sql<boolean>`title is distinct from indexed_title`),
  )
  if (marked === 0) return false
  const earlier = yield* first(db.selectFrom('search_document').select(['archive_id', 'document']).where('conversation_id', '=', conversationId).where('kind', '=', 'title'))
  if (earlier) yield* dropDocuments(db, { archiveId: earlier.archive_id, documents: [earlier.document] })
  return true
}

function* insertDocument(db: Sql, document: PreparedDocument): Command<void> {
  const archive = yield* nextDocument(db, document)
  yield* change(
    db.insertInto('search_document').values({
      archive_id: archive.id, document: archive.last_document, kind: document.kind, conversation_id: document.conversationId,
      message_id: document.messageId, created_at: document.createdAt, shape: shapeByte(document.kind, document.length), terms: document.terms,
    }),
  )
}

/** Counts the document in, and makes the user's archive with the first one. */
function* nextDocument(db: Sql, { actor, kind, length }: PreparedDocument): Command<{ readonly id: number; readonly last_document: number }> {
  const isTitle = kind === 'title'
  const [titles, bodies] = isTitle ? [1, 0] : [0, 1]
  const [titleWords, bodyWords] = isTitle ? [length, 0] : [0, length]
  const row = yield* first(
    db.insertInto('search_archive')
      .values({
        id: sql<number>`(select coalesce(max(id), 0) + 1 from search_archive)`, tenant_id: actor.tenantId, user_id: actor.userId,
        last_document: 1, merged_document: 0, title_documents: titles, title_words: titleWords, body_documents: bodies, body_words: bodyWords,
      })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id']).doUpdateSet({
        last_document: sql<number>`search_archive.last_document + 1`,
        title_documents: sql<number>`search_archive.title_documents + excluded.title_documents`,
        title_words: sql<number>`search_archive.title_words + excluded.title_words`,
        body_documents: sql<number>`search_archive.body_documents + excluded.body_documents`,
        body_words: sql<number>`search_archive.body_words + excluded.body_words`,
      }))
      .returning(['id', 'last_document']),
  )
  return row!
}

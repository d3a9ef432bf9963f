import type { Compilable } from 'kysely'
import type { Sql } from '../schema.ts'
import { needsForgetting, needsMerge, unindexedMessage, unindexedTitle } from '../search-conditions.ts'

/**
 * The search. Its tables know users by a number, so that a lexeme's key is short and one user's rows stand together. What waits
 * to be indexed is found by what it is, so older builds need not know of it. bytea: SQLite keeps bytes as they are under any
 * type it does not know, and Postgres knows this one. A document refers to no conversation, so that an older build can purge one;
 * what is left of it then is found by nobody.
 */
export function search(db: Sql): readonly Compilable[] {
  const { schema } = db
  return [
    schema.alterTable('conversation').addColumn('indexed_title', 'text'),
    schema.alterTable('message').addColumn('indexed_at', 'bigint'),
    schema.createIndex('conversation_title_unindexed').on('conversation').column('updated_at').where(unindexedTitle),
    schema.createIndex('message_unindexed').on('message').column('created_at').where(unindexedMessage),
    schema.createTable('search_archive')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('last_document', 'integer', (column) => column.notNull())
      .addColumn('merged_document', 'integer', (column) => column.notNull())
      .addColumn('forget_after', 'text')
      .addColumn('purges', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('title_documents', 'integer', (column) => column.notNull())
      .addColumn('title_words', 'bigint', (column) => column.notNull())
      .addColumn('body_documents', 'integer', (column) => column.notNull())
      .addColumn('body_words', 'bigint', (column) => column.notNull())
      .addUniqueConstraint('search_archive_of_user', ['tenant_id', 'user_id']),
    schema.createIndex('search_archive_to_merge').on('search_archive').column('id').where(needsMerge),
    schema.createIndex('search_archive_to_forget').on('search_archive').column('id').where(needsForgetting),
    schema.createTable('search_document')
      .addColumn('archive_id', 'integer', (column) => column.notNull().references('search_archive.id'))
      .addColumn('document', 'integer', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('conversation_id', 'text', (column) => column.notNull())
      .addColumn('message_id', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('shape', 'integer', (column) => column.notNull())
      .addColumn('terms', 'text')
      .addPrimaryKeyConstraint('search_document_of_archive', ['archive_id', 'document']),
    schema.createIndex('search_document_of_conversation').on('search_document').columns(['conversation_id', 'kind']),
    schema.createTable('search_posting')
      .addColumn('archive_id', 'integer', (column) => column.notNull().references('search_archive.id'))
      .addColumn('lexeme', db.dialect.orderedTextType, (column) => column.notNull())
      .addColumn('block', 'integer', (column) => column.notNull())
      .addColumn('last_document', 'integer', (column) => column.notNull())
      .addColumn('postings', 'integer', (column) => column.notNull())
      .addColumn('bytes', 'bytea', (column) => column.notNull())
      .addPrimaryKeyConstraint('search_posting_of_lexeme', ['archive_id', 'lexeme', 'block']),
    schema.createTable('search_shapes')
      .addColumn('archive_id', 'integer', (column) => column.notNull().references('search_archive.id'))
      .addColumn('chunk', 'integer', (column) => column.notNull())
      .addColumn('bytes', 'bytea', (column) => column.notNull())
      .addPrimaryKeyConstraint('search_shapes_of_archive', ['archive_id', 'chunk']),
  ]
}

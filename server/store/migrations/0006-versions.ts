import type { Compilable } from 'kysely'
import type { Sql } from '../schema.ts'

/**
 * Versions and ratings: messages are found by what they hang on, and what users think of answers has a place. A rating is one
 * more row each time, and the message shows the last. Ratings go with their turn by themselves, so that an older build purges them too.
 */
export function versionsAndRatings({ schema }: Sql): readonly Compilable[] {
  return [
    schema.createIndex('message_by_parent').on('message').columns(['conversation_id', 'parent_id']),
    schema.alterTable('message').addColumn('rating', 'text'),
    schema.createTable('rating')
      .addColumn('turn_id', 'text', (column) => column.notNull().references('turn.id').onDelete('cascade'))
      .addColumn('n', 'integer', (column) => column.notNull())
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('rating', 'text')
      .addColumn('reason', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('rating_of_turn', ['turn_id', 'n']),
  ]
}

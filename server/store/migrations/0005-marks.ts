import { sql, type Compilable } from 'kysely'
import type { Sql } from '../schema.ts'

/**
 * What a user sees at a conversation in the list: pinned on top, and an answer that came while nobody looked. Both have defaults: a
 * build without them writes as before, and finds its own order by the same index, sorting what it returns.
 */
export function marks({ schema }: Sql): readonly Compilable[] {
  return [
    schema.alterTable('conversation').addColumn('pinned', 'integer', (column) => column.notNull().defaultTo(sql.lit(0))),
    schema.alterTable('conversation').addColumn('unread', 'integer', (column) => column.notNull().defaultTo(sql.lit(0))),
    schema.createIndex('conversation_in_list').on('conversation').columns(['tenant_id', 'user_id', 'archived', 'pinned', 'updated_at']).where(sql.ref('deleted_at'), 'is', null),
    schema.dropIndex('conversation_by_user'),
  ]
}

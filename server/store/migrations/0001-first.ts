import { sql, type Compilable } from 'kysely'
import type { Sql } from '../schema.ts'

/** Conversations, messages, turns with their attempts and their log, receipts. It is on people's disks: it never changes. */
export function firstSchema(db: Sql): readonly Compilable[] {
  const { schema } = db
  return [
    schema.createTable('conversation')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('title', 'text')
      .addColumn('agent_id', 'text', (column) => column.notNull())
      .addColumn('memory_mode', 'text', (column) => column.notNull())
      .addColumn('archived', 'integer', (column) => column.notNull())
      .addColumn('running_turn_id', 'text')
      .addColumn('newest_message_id', 'text')
      .addColumn('message_count', 'integer', (column) => column.notNull())
      .addColumn('rev', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addColumn('deleted_at', 'bigint'),
    schema.createIndex('conversation_by_user').on('conversation').columns(['tenant_id', 'user_id', 'archived', 'updated_at']).where(sql.ref('deleted_at'), 'is', null),
    schema.createTable('message')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('conversation_id', 'text', (column) => column.notNull().references('conversation.id'))
      .addColumn('position', 'integer', (column) => column.notNull())
      .addColumn('parent_id', 'text')
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('role', 'text', (column) => column.notNull())
      .addColumn('agent_id', 'text')
      .addColumn('turn_id', 'text', (column) => column.notNull())
      .addColumn('parts', 'text', (column) => column.notNull())
      .addColumn('outcome', 'text')
      .addColumn('failure', 'text')
      .addColumn('receipt', 'text')
      .addColumn('row_lengths', 'text')
      .addColumn('estimated_tokens', 'integer', (column) => column.notNull())
      .addColumn('path_tokens', 'integer', (column) => column.notNull())
      .addColumn('depth', 'integer', (column) => column.notNull())
      .addColumn('format', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull()),
    schema.createIndex('message_in_order').unique().on('message').columns(['conversation_id', 'position']),
    schema.createIndex('message_by_user').on('message').columns(['tenant_id', 'user_id', 'role', 'created_at']),
    schema.createTable('turn')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('conversation_id', 'text', (column) => column.notNull().references('conversation.id'))
      .addColumn('client_message_id', 'text', (column) => column.notNull())
      .addColumn('request_hash', 'text', (column) => column.notNull())
      .addColumn('message_id', 'text', (column) => column.notNull())
      .addColumn('response_id', 'text', (column) => column.notNull())
      .addColumn('agent_id', 'text', (column) => column.notNull())
      .addColumn('requested_model', 'text')
      .addColumn('temperature', db.dialect.floatType, (column) => column.notNull())
      .addColumn('language', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('fence', 'integer', (column) => column.notNull())
      .addColumn('log_start', 'bigint', (column) => column.notNull())
      .addColumn('last_seq', 'integer', (column) => column.notNull())
      .addColumn('failure', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('closed_at', 'bigint'),
    schema.createIndex('turn_sent_once').unique().on('turn').columns(['tenant_id', 'user_id', 'client_message_id']),
    schema.createIndex('turn_by_message').on('turn').column('message_id'),
    schema.createIndex('turn_running_once').unique().on('turn').columns(['conversation_id']).where(sql.ref('state'), '=', sql.lit('running')),
    schema.createIndex('turn_running_of_user').on('turn').columns(['tenant_id', 'user_id']).where(sql.ref('state'), '=', sql.lit('running')),
    schema.createTable('attempt')
      .addColumn('turn_id', 'text', (column) => column.notNull().references('turn.id'))
      .addColumn('n', 'integer', (column) => column.notNull())
      .addColumn('provider', 'text', (column) => column.notNull())
      .addColumn('model', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('error', 'text')
      .addColumn('provider_status', 'integer')
      .addColumn('usage', 'text')
      .addColumn('started_at', 'bigint', (column) => column.notNull())
      .addColumn('first_delta_at', 'bigint')
      .addColumn('ended_at', 'bigint')
      .addPrimaryKeyConstraint('attempt_of_turn', ['turn_id', 'n']),
    db.dialect.hotLog.createTable(db),
    schema.createTable('receipt')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('turn_id', 'text', (column) => column.notNull().unique().references('turn.id'))
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull()),
    schema.createTable('emergence_session')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('session_id', 'text', (column) => column.notNull())
      .addColumn('conversation_id', 'text', (column) => column.notNull().references('conversation.id'))
      .addPrimaryKeyConstraint('emergence_session_of_user', ['tenant_id', 'user_id', 'session_id']),
  ]
}

import { CompiledQuery, sql, type Compilable } from 'kysely'
import type { Sql } from '../schema.ts'

/**
 * Background work that commits with what it is for, and what a purge needs: a way to find the turns and sessions of a conversation,
 * and receipts that may outlive their turns.
 */
export function jobsAndDeletion(db: Sql): readonly Compilable[] {
  const { schema } = db
  return [
    schema.createTable('job')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.unique())
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('payload', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('run_at', 'bigint', (column) => column.notNull())
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('lease_owner', 'text')
      .addColumn('lease_until', 'bigint')
      .addColumn('fence', 'integer', (column) => column.notNull())
      .addColumn('last_error', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull()),
    schema.createIndex('job_due').on('job').columns(['kind', 'run_at']).where(sql.ref('state'), '=', sql.lit('waiting')),
    schema.createIndex('job_leased').on('job').column('lease_until').where(sql.ref('lease_until'), 'is not', null),
    schema.createIndex('job_dead').on('job').column('kind').where(sql.ref('state'), '=', sql.lit('dead')),
    schema.createIndex('conversation_deleted').on('conversation').columns(['deleted_at', 'id']).where(sql.ref('deleted_at'), 'is not', null),
    schema.createIndex('turn_of_conversation').on('turn').column('conversation_id'),
    schema.createIndex('session_of_conversation').on('emergence_session').column('conversation_id'),
    ...receiptsWithoutTurns(db),
  ]
}

const copyReceipts = 'insert into receipt_kept select id, turn_id, tenant_id, user_id, version, body, created_at from receipt'

/** A receipt stays when its turn is purged, so it may not refer to it. A table that loses a reference is made anew. */
function receiptsWithoutTurns(db: Sql): readonly Compilable[] {
  const { schema } = db
  return [
    schema.createTable('receipt_kept')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('turn_id', 'text', (column) => column.notNull().unique())
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull()),
    { compile: () => CompiledQuery.raw(copyReceipts) },
    schema.dropTable('receipt'),
    schema.alterTable('receipt_kept').renameTo('receipt'),
  ]
}

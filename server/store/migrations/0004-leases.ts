import { sql, type Compilable } from 'kysely'
import type { Sql } from '../schema.ts'

/**
 * Whose turn it is to run a turn, and a wish for its end that outlives the connection it came by. All of it has defaults, and a
 * build without it runs alone on its data.
 */
export function leases({ schema }: Sql): readonly Compilable[] {
  return [
    schema.alterTable('turn').addColumn('owner', 'text'),
    schema.alterTable('turn').addColumn('lease_until', 'bigint', (column) => column.notNull().defaultTo(sql.lit(0))),
    schema.alterTable('turn').addColumn('stop_requested', 'integer', (column) => column.notNull().defaultTo(sql.lit(0))),
  ]
}

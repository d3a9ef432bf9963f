import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import type { Schema, Sql } from '../schema.ts'
import { postgresDialect } from './dialect.ts'

/** Kysely as a builder of Postgres's SQL. It holds no connection. */
export const postgresSql: Sql = Object.assign(new Kysely<Schema>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
}), { dialect: postgresDialect })

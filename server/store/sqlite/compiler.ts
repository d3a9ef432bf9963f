import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { Schema, Sql } from '../schema.ts'
import { sqliteDialect } from './dialect.ts'

/** Kysely as a builder of SQLite's SQL. It holds no connection. */
export const sqliteSql: Sql = Object.assign(new Kysely<Schema>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
}), { dialect: sqliteDialect })

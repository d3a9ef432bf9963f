/**
 * The schema's history, and how a database is brought along it. A step is one transaction of its own; one that fails stops the
 * start. `min_reader` says which builds can still work on the schema that a step leaves behind: one release back always can.
 */
import type { Compilable } from 'kysely'
import { change, first, type Command } from './command.ts'
import { firstSchema } from './migrations/0001-first.ts'
import { jobsAndDeletion } from './migrations/0002-jobs.ts'
import { search } from './migrations/0003-search.ts'
import { leases } from './migrations/0004-leases.ts'
import { marks } from './migrations/0005-marks.ts'
import { versionsAndRatings } from './migrations/0006-versions.ts'
import type { Sql } from './schema.ts'

export interface Migration {
  readonly schema: number
  /** What it brings, in a word or two, for whoever reads that it failed. */
  readonly name: string
  /** The oldest build, by the newest schema it knows, that can work on what this step leaves behind. */
  readonly minReader: number
  readonly steps: (db: Sql) => readonly Compilable[]
}

/** Oldest first. */
export const migrations: readonly Migration[] = [
  { schema: 1, name: 'first', minReader: 1, steps: firstSchema },
  { schema: 2, name: 'jobs', minReader: 1, steps: jobsAndDeletion },
  { schema: 3, name: 'search', minReader: 1, steps: search },
  { schema: 4, name: 'leases', minReader: 1, steps: leases },
  { schema: 5, name: 'marks', minReader: 1, steps: marks },
  { schema: 6, name: 'versions', minReader: 1, steps: versionsAndRatings },
]

/** The schema that a build with this history writes. */
export const newestOf = (history: readonly Migration[]): number => history.at(-1)!.schema

/** The schema that this build writes. */
export const newestSchema = newestOf(migrations)

/** What a database says of itself; 0 where it says nothing yet. */
export interface SchemaFacts {
  readonly schema: number
  readonly minReader: number
}

/**
 * The step that this database needs next, or null when there is none left. Throws when only a newer build can read it: a build
 * refuses what it cannot read, and nothing else.
 */
export function nextMigration(present: SchemaFacts, history: readonly Migration[] = migrations): Migration | null {
  const newest = newestOf(history)
  if (present.minReader > newest) {
    throw new Error(`This data was written by a newer version (schema ${present.schema}, readable from ${present.minReader}); this version reads up to ${newest}. Start the newer version.`)
  }
  return history.find((migration) => migration.schema > present.schema) ?? null
}

/** Reads them from a database that may be new. */
export function* findSchemaFacts(db: Sql): Command<SchemaFacts> {
  yield* change(
    db.schema.createTable('store_fact').ifNotExists()
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull()),
  )
  return { schema: Number((yield* readFact(db, 'schema')) ?? 0), minReader: Number((yield* readFact(db, 'min_reader')) ?? 0) }
}

/** Brings the schema up to this build's, one step a call, and names the schema it made; null when there is none left. */
export function* migrateOnce(db: Sql, input: { readonly epoch: string; readonly history?: readonly Migration[] | undefined }): Command<number | null> {
  const present = yield* findSchemaFacts(db)
  const next = nextMigration(present, input.history)
  if (!next) return null
  for (const step of next.steps(db)) yield* change(step)
  yield* writeFact(db, 'schema', String(next.schema))
  yield* writeFact(db, 'min_reader', String(next.minReader))
  if (present.schema === 0) yield* writeFact(db, 'epoch', input.epoch)
  return next.schema
}

export function* readFact(db: Sql, name: string): Command<string | null> {
  const fact = yield* first(db.selectFrom('store_fact').select('value').where('name', '=', name))
  return fact?.value ?? null
}

export function* writeFact(db: Sql, name: string, value: string): Command<void> {
  yield* change(db.insertInto('store_fact').values({ name, value }).onConflict((conflict) => conflict.column('name').doUpdateSet({ value })))
}

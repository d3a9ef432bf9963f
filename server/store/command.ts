/**
 * A command or query is a generator: it yields compiled SQL and is handed the rows. It knows nothing of threads,
 * connections or engines, so one text serves them all: SQLite runs it to its end inside a savepoint, another engine awaits
 * each step inside a transaction.
 */
import type { Compilable, CompiledQuery } from 'kysely'

export interface Asked {
  readonly rows: readonly unknown[]
  /** Rows inserted, updated or deleted. */
  readonly changed: number
}

export type Command<T> = Generator<CompiledQuery, T, Asked>

/** Runs a query and hands back its rows. */
export function* all<R>(query: Compilable<R>): Command<readonly R[]> {
  const asked = yield query.compile()
  return asked.rows as readonly R[]
}

/** Runs a query that finds one row or none. */
export function* first<R>(query: Compilable<R>): Command<R | undefined> {
  return (yield* all(query))[0]
}

/** Runs a statement and hands back how many rows it changed. */
export function* change(query: Compilable): Command<number> {
  const asked = yield query.compile()
  return asked.changed
}

import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { Command } from '../command.ts'

/** Statements kept prepared; the service has about fifty texts, and the lists of a few more lengths. */
const statementLimit = 200

/** One SQLite connection that runs commands to their end. */
export class Connection {
  readonly database: DatabaseSync
  readonly #statements = new Map<string, { statement: StatementSync; returnsRows: boolean }>()

  constructor(file: string, options: { readonly readOnly: boolean }) {
    this.database = new DatabaseSync(file, { readOnly: options.readOnly, timeout: 5000 })
    if (!options.readOnly) {
      this.database.exec('pragma journal_mode = wal')
      this.database.exec('pragma synchronous = full')
      this.database.exec('pragma foreign_keys = on')
    }
  }

  /** Runs a command in the transaction that is open, or statement by statement where none is. */
  run<T>(command: Command<T>): T {
    let step = command.next()
    while (!step.done) {
      let asked
      try {
        asked = this.#ask(step.value.sql, step.value.parameters as SQLInputValue[])
      } catch (error) {
        step = command.throw(error)
        continue
      }
      step = command.next(asked)
    }
    return step.value
  }

  #ask(sql: string, parameters: readonly SQLInputValue[]) {
    const { statement, returnsRows } = this.#prepared(sql)
    if (returnsRows) {
      const rows = statement.all(...parameters)
      return { rows, changed: rows.length }
    }
    return { rows: [], changed: Number(statement.run(...parameters).changes) }
  }

  #prepared(sql: string) {
    let prepared = this.#statements.get(sql)
    if (!prepared) {
      const statement = this.database.prepare(sql)
      prepared = { statement, returnsRows: statement.columns().length > 0 }
      if (this.#statements.size >= statementLimit) this.#statements.clear()
      this.#statements.set(sql, prepared)
    }
    return prepared
  }

  /** Everything in `work` is one transaction. */
  transaction<T>(kind: 'immediate' | 'deferred', work: () => T): T {
    this.database.exec(kind === 'immediate' ? 'begin immediate' : 'begin')
    try {
      const result = work()
      this.database.exec('commit')
      return result
    } catch (error) {
      this.#rollBack()
      throw error
    }
  }

  /** Everything in `work` happens or does not, whatever becomes of the rest of the transaction. */
  savepoint<T>(work: () => T): T {
    this.database.exec('savepoint command')
    try {
      const result = work()
      this.database.exec('release command')
      return result
    } catch (error) {
      this.#undoSavepoint()
      throw error
    }
  }

  /**
   * A full disk may have ended the whole transaction already: then there is nothing left to roll back to. What cannot be
   * undone alone takes the transaction with it, so that no half of a command is ever committed.
   */
  #undoSavepoint(): void {
    if (!this.database.isTransaction) return
    try {
      this.database.exec('rollback to command; release command')
    } catch {
      this.#rollBack()
    }
  }

  #rollBack(): void {
    if (this.database.isTransaction) this.database.exec('rollback')
  }

  close(): void {
    this.#statements.clear()
    this.database.close()
  }
}

/**
 * Where the engines part: how the hot log is laid out, what keeps writers out of each other's way, and whose clock leases run
 * on. Everything else is one text that both engines run.
 */
import type { Compilable, Expression, RawBuilder, SelectQueryBuilder, SqlBool } from 'kysely'
import type { Actor } from '../lib/actor.ts'
import type { Command } from './command.ts'
import type { DeltaBatch, DeltaRow } from './store.ts'

/** A turn whose rows are looked up. */
export interface LoggedTurn {
  readonly id: string
  readonly log_start: number
}

/** The log of turns that run: append only, and only as long as they do. */
export interface HotLog<Db> {
  createTable(db: Db): Compilable
  /** What `turn.log_start` says of a turn that is opened now. */
  start(): Expression<number>
  /** Adds rows. Resolves with the turns whose fence was not current: they got none. Rows that are there already are left as they are. */
  append(batches: readonly DeltaBatch[], lease: Lease | null): Command<readonly string[]>
  /** The turn's rows after `seq`, in order. */
  rowsAfter(db: Db, turn: LoggedTurn, seq: number): Command<readonly DeltaRow[]>
  /** All rows of these turns, by turn. */
  rowsOf(db: Db, turns: readonly LoggedTurn[]): Command<ReadonlyMap<string, readonly DeltaRow[]>>
  /** Deletes rows of closed turns, one slice a call; resolves with where the next slice starts, or null at the end. */
  compact(db: Db, after: number): Command<number | null>
}

/** Under whose name a process has something, and for how long it is its own after each sign of life. */
export interface Lease {
  readonly owner: string
  readonly ms: number
  /** Its own moment, milliseconds since 1970: what an engine goes by that has no other process. Where processes share a database, its clock counts. */
  readonly now?: number
}

/** `Db` builds the queries: see schema.ts. */
export interface Dialect<Db> {
  readonly hotLog: HotLog<Db>
  /** A column of floating-point numbers that keeps all of JavaScript's digits. */
  readonly floatType: 'real' | 'double precision'
  /** A column of text that is ordered by its bytes, whatever the database's own language. */
  readonly orderedTextType: 'text' | RawBuilder<unknown>
  /** Lets questions of one user be opened one after the other, until the transaction ends. */
  queueUp(actor: Actor): Command<void>
  /** Rows that are read to be written: nobody else writes them until the transaction ends. */
  held<DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>): SelectQueryBuilder<DB, TB, O>
  /** The same, but rows that somebody else holds are passed over. */
  heldOrSkipped<DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>): SelectQueryBuilder<DB, TB, O>
  /** The end of a lease that begins now, by the clock that leases run on; without one, of none. */
  leaseEnd(lease: Lease | null): Expression<number>
  /** Whether an owner has not been heard of for the length of a lease. */
  leaseOver(leaseUntil: Expression<number | null>, lease: Lease | null): Expression<SqlBool>
  /** What the writing connection itself says about when a commit counts as done. */
  readDurability(): Command<string>
}

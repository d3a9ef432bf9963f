/**
 * Background work, as the store keeps it. A job is enqueued in the transaction of what it is for, leased by whoever runs it, and
 * done at least once: what it does must bear being done again. Moments are milliseconds since 1970.
 */
import type { Actor } from '../lib/actor.ts'

export interface NewJob {
  readonly kind: string
  /** Of all jobs with one key there is one: asking again replaces what was asked before. Null: a job of its own. */
  readonly key: string | null
  readonly actor: Actor
  /** Ids and numbers, as JSON; no text of anyone's. */
  readonly payload: Readonly<Record<string, string | number>>
  /** Not before. */
  readonly runAt: number
  readonly now: number
}

/** A job in the hands of whoever took it. */
export interface Job {
  readonly id: string
  readonly kind: string
  readonly key: string | null
  readonly actor: Actor
  readonly payload: Readonly<Record<string, string | number>>
  /** How often it was begun, this time included. */
  readonly attempts: number
  /** Grows with every lease. Whoever holds an old one ends nothing. */
  readonly fence: number
}

export type HeldJob = Pick<Job, 'id' | 'fence'>

export interface TakeJobs {
  readonly kinds: readonly string[]
  readonly limit: number
  /** For an operator's eyes: who has it. */
  readonly owner: string
  /** By the clock that leases run on: the database's, where processes share one. */
  readonly leaseMs: number
  /** The caller's own moment: what is due by then. */
  readonly now: number
}

/** A sign of life: the lease now runs for `leaseMs` more. */
export interface KeepJob extends HeldJob {
  readonly leaseMs: number
  readonly now: number
}

/** Work without an end, which one process of all does at a time. */
export interface TakeDuty {
  readonly duty: string
  /** This process's name among those that share the database. */
  readonly owner: string
  readonly leaseMs: number
  readonly now: number
}

export interface RetryJob extends HeldJob {
  /** What went wrong, without text of anyone's. */
  readonly error: string
  readonly now: number
}

/** A retried job waits, or is dead: it was begun too often. Lost: someone else has it, and nothing was written. */
export type Retried = 'waiting' | 'dead' | 'lost'

export interface JobCount {
  readonly kind: string
  /** Due and not done yet, whether somebody has it or not. */
  readonly due: number
  readonly dead: number
}

/** The store's part in background work. What a job is held by is its id and fence; false: it is no longer held, and nothing was written. */
export interface JobStore {
  /** Leases jobs that are due, those longest due first. */
  takeJobs(command: TakeJobs): Promise<readonly Job[]>
  keepJob(command: KeepJob): Promise<boolean>
  finishJob(command: HeldJob): Promise<boolean>
  /** After an error: later again, each time later, and in the end not any more. */
  retryJob(command: RetryJob): Promise<Retried>
  /** Gives back a job that was not brought to its end, through no fault of its own. */
  returnJob(command: HeldJob): Promise<boolean>
  countJobs(kinds: readonly string[], now: number): Promise<readonly JobCount[]>
}

/** The store's part in duties. */
export interface DutyStore {
  /** Takes a duty that nobody has, or whose holder has not been heard of, or says that one still has it. False: it is another's. */
  takeDuty(command: TakeDuty): Promise<boolean>
  /** Lets it go at once. Whoever does not have it changes nothing. */
  leaveDuty(command: Pick<TakeDuty, 'duty' | 'owner'>): Promise<void>
}

/** A slice of long work: whether there is more. */
export type Slice = 'more' | 'done'

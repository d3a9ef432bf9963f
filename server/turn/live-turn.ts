import type { TurnEvent } from '#protocol/turn-events.ts'
import type { FailureCode } from '#protocol/turn.ts'
import type { DeltaRow, RunningTurn } from '../store/store.ts'
import type { FollowedTurn } from './follow-turn.ts'
import { deltaEvent } from './turn-events.ts'

/** Why a running turn is ended before its model is done. */
export type EndReason =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly code: FailureCode }
  /** Another owner has it: nothing of ours may be written or shown any more. */
  | { readonly kind: 'lease-lost' }

/**
 * A turn that runs in this process: what of its log is committed, who follows it, and the way to end it. It belongs to no
 * socket. Rows enter only after their commit, so whatever a follower sees is on disk.
 */
export class LiveTurn implements FollowedTurn {
  readonly turn: RunningTurn
  readonly epoch: string
  readonly #rows: DeltaRow[] = []
  readonly #events: TurnEvent[] = []
  readonly #listeners = new Set<() => void>()
  readonly #ending = new AbortController()
  #closed = false
  /** Where the log goes on once another process has the turn. */
  #elsewhere: FollowedTurn | null = null

  constructor(turn: RunningTurn, epoch: string) {
    this.turn = turn
    this.epoch = epoch
  }

  /** Aborted when the turn must end; the reason is an EndReason. */
  get signal(): AbortSignal {
    return this.#ending.signal
  }

  get endReason(): EndReason | null {
    return this.#ending.signal.aborted ? (this.#ending.signal.reason as EndReason) : null
  }

  get conversationId(): string {
    return this.turn.conversationId
  }

  get turnId(): string {
    return this.turn.turnId
  }

  get responseId(): string {
    return this.turn.responseId
  }

  get rows(): readonly DeltaRow[] {
    return this.#rows
  }

  get last(): number {
    return Math.max(this.#events.length, this.#elsewhere?.last ?? 0)
  }

  get closed(): boolean {
    return this.#elsewhere ? this.#elsewhere.closed : this.#closed
  }

  eventAt(seq: number): TurnEvent {
    return this.#events[seq - 1] ?? this.#elsewhere!.eventAt(seq)
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Ends the turn; the first reason counts. */
  end(reason: EndReason): void {
    if (!this.#ending.signal.aborted) this.#ending.abort(reason)
  }

  /** Shows rows that are committed. */
  show(rows: readonly DeltaRow[]): void {
    for (const row of rows) {
      this.#rows.push(row)
      this.#events.push(deltaEvent(this.turn, this.epoch, row))
    }
    this.#tell()
  }

  /** Shows the terminal event, which is committed. Nothing comes after it. */
  close(terminal: TurnEvent): void {
    this.#events.push(terminal)
    this.#closed = true
    this.#tell()
  }

  /** Nothing more comes from here: whoever owns the turn now writes its end, and followers go on there. */
  abandon(elsewhere: FollowedTurn): void {
    this.#elsewhere = elsewhere
    elsewhere.onChange(() => this.#tell())
    this.#tell()
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

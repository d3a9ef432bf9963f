import type { TurnEvent } from '#protocol/turn-events.ts'
import type { Bus } from '../bus/bus.ts'
import type { Actor } from '../lib/actor.ts'
import type { Clock } from '../lib/clock.ts'
import type { DeltaRow, Store, TurnLog } from '../store/store.ts'
import type { FollowedTurn } from './follow-turn.ts'
import { deltaEvent, terminalOfLog } from './turn-events.ts'

/** Between two looks at a turn of which no word came. */
const lookMs = 1000
/** After so many looks its owner is told again that somebody follows. */
const looksPerWord = 5

export interface RemoteTurnDeps {
  readonly store: Pick<Store, 'readLog'>
  readonly bus: Bus
  readonly clock: Clock
}

/** What is known of a turn that runs, before its log is read on. */
export interface KnownTurn {
  readonly actor: Actor
  readonly conversationId: string
  readonly turnId: string
  readonly responseId: string
  readonly epoch: string
  readonly rows: readonly DeltaRow[]
}

/**
 * A turn that another process runs, as its log in the store tells it. While somebody listens, its owner is told so and rings
 * for each new row; whatever becomes of that, the store is looked at every second.
 */
export class RemoteTurn implements FollowedTurn {
  readonly conversationId: string
  readonly turnId: string
  readonly responseId: string
  readonly epoch: string
  readonly #deps: RemoteTurnDeps
  readonly #actor: Actor
  readonly #onWatch: (turn: RemoteTurn, isWatched: boolean) => void
  readonly #rows: DeltaRow[] = []
  readonly #events: TurnEvent[] = []
  readonly #listeners = new Set<() => void>()
  #closed = false
  #stopWatching: (() => void) | null = null
  #reading: 'no' | 'yes' | 'again' = 'no'

  /** `onWatch` is told when the first listener comes, and when nobody has to be told anything any more. */
  constructor(deps: RemoteTurnDeps, known: KnownTurn, onWatch: (turn: RemoteTurn, isWatched: boolean) => void = () => {}) {
    this.#deps = deps
    this.#actor = known.actor
    this.#onWatch = onWatch
    this.conversationId = known.conversationId
    this.turnId = known.turnId
    this.responseId = known.responseId
    this.epoch = known.epoch
    this.learn(known.rows)
  }

  get last(): number {
    return this.#events.length
  }

  get closed(): boolean {
    return this.#closed
  }

  eventAt(seq: number): TurnEvent {
    return this.#events[seq - 1]!
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    if (!this.#closed) this.#stopWatching ??= this.#watch()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#rest()
    }
  }

  /** Takes in the turn's rows from its first on; those that are known are passed over. */
  learn(rows: readonly DeltaRow[]): void {
    const unknown = rows.filter(({ seq }) => seq > this.#rows.length)
    for (const row of unknown) {
      this.#rows.push(row)
      this.#events.push(deltaEvent(this, this.epoch, row))
    }
    if (unknown.length > 0) this.#tell()
  }

  #watch(): () => void {
    const { bus, clock } = this.#deps
    this.#onWatch(this, true)
    const stopHearing = bus.hear(({ kind, turnId }) => {
      if (kind === 'turn-grew' && turnId === this.turnId) this.#look()
    })
    let cancel = () => {}
    const goOn = (looks: number) => {
      if (looks % looksPerWord === 0) bus.signal({ kind: 'turn-followed', turnId: this.turnId })
      this.#look()
      cancel = clock.after(lookMs, () => goOn(looks + 1))
    }
    goOn(0)
    return () => {
      stopHearing()
      cancel()
    }
  }

  #rest(): void {
    this.#stopWatching?.()
    this.#stopWatching = null
    this.#onWatch(this, false)
  }

  /** Reads on, one reading at a time: a call that comes meanwhile is answered by one more. */
  #look(): void {
    if (this.#reading !== 'no') {
      this.#reading = 'again'
      return
    }
    this.#reading = 'yes'
    // A store that cannot be read now is asked again at the next look.
    void this.#deps.store.readLog(this.#actor, this.turnId, this.#rows.length).then((log) => this.#take(log), () => {}).finally(() => {
      const again = this.#reading === 'again'
      this.#reading = 'no'
      if (again && this.#stopWatching) this.#look()
    })
  }

  #take(log: TurnLog | null): void {
    if (this.#closed) return
    // Gone, or of another life of the database: who follows is let go, and finds out by asking again.
    if (log?.turn.epoch !== this.epoch) return this.#close()
    // Learn first: others may have brought some of these rows while this reading was under way.
    this.learn(log.rows)
    const terminal = terminalOfLog(log, this.#rows)
    if (!terminal) return
    this.#events.push(terminal)
    this.#close()
  }

  #close(): void {
    this.#closed = true
    this.#rest()
    this.#tell()
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

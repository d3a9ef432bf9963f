import { Connection, type Page } from './connection.ts'
import type { Ask, Journal, KnownTurn } from './journal.ts'
import { View } from './view.ts'
import type { Wire } from './wire.ts'

/** What a tab stands in. */
export interface Surroundings {
  readonly journal: Journal
  readonly violations: string[]
  readonly diskWasFull: boolean
  /** The present life of the log. */
  readonly epoch: string
  readonly life: { accept(wire: Wire): void }
  readonly touch: () => void
  drain(): Promise<void>
}

/** What cursor a tab presents. */
export type CursorKind = 'reached' | 'stale' | 'start' | 'future' | 'other-epoch' | 'no-epoch'

/** A page of one user: it remembers over its connections what it was shown. */
export class Tab implements Page {
  readonly #world: Surroundings
  readonly name: string
  readonly user: string
  readonly views = new Map<string, View>()
  connection: Connection | null = null

  constructor(world: Surroundings, name: string, user: string) {
    this.#world = world
    this.name = name
    this.user = user
  }

  get journal(): Journal {
    return this.#world.journal
  }

  get diskWasFull(): boolean {
    return this.#world.diskWasFull
  }

  viewOf(turnId: string): View {
    const view = this.views.get(turnId) ?? new View()
    this.views.set(turnId, view)
    return view
  }

  /** Notes what is wrong, if anything is. */
  complain(complaint: string | null): void {
    if (complaint !== null) this.#world.violations.push(`${this.name}: ${complaint}`)
  }

  /** The connection, opened if need be; a page that connects goes on with every answer of which it has not seen the end. */
  async connected(): Promise<Connection> {
    if (this.connection?.open) return this.connection
    this.connection?.cut()
    const connection = new Connection(this, this.#world.touch)
    this.connection = connection
    this.#world.life.accept(connection.wire)
    await this.#world.drain()
    if (!connection.open) this.complain('the socket did not open')
    for (const [turnId, view] of this.views) if (!view.closed) this.resume(connection, turnId, 'reached')
    return connection
  }

  /** What was never acknowledged is sent again. */
  sendAgain(connection: Connection): void {
    for (const ask of this.journal.askedBy(this.user)) if (ask.acknowledged === null) connection.send(ask, ask.content)
  }

  send(connection: Connection, slot: number, words: string): Ask {
    const content = `${words} of ${this.user}`
    const ask: Ask = {
      user: this.user, clientMessageId: `k-${this.journal.asks.length + 1}`, slot, content,
      conversationId: this.journal.conversationOf(this.user, slot), contents: new Set(), turnId: null, acknowledged: null,
    }
    this.journal.asks.push(ask)
    connection.send(ask, content)
    return ask
  }

  resume(connection: Connection, turnId: string, kind: CursorKind): void {
    const view = this.viewOf(turnId)
    const { reached, epoch } = view
    const present = epoch === null || epoch === this.#world.epoch
    const cursors: Readonly<Record<CursorKind, { epoch: string | undefined; after: number; good: boolean }>> = {
      reached: { epoch: epoch ?? undefined, after: reached, good: reached === 0 || present },
      stale: { epoch: epoch ?? undefined, after: reached >> 1, good: reached >> 1 === 0 || present },
      start: { epoch: undefined, after: 0, good: true },
      future: { epoch: this.#world.epoch, after: reached + 1000, good: false },
      'other-epoch': { epoch: 'another-life', after: reached, good: reached === 0 },
      'no-epoch': { epoch: undefined, after: reached, good: true },
    }
    connection.resume({ turnId, ...cursors[kind] })
  }

  stop(connection: Connection, turn: KnownTurn): void {
    turn.stopped = true
    connection.stop(turn.turnId)
  }
}

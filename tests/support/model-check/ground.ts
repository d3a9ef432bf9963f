import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '../../../server/store/sqlite/sqlite-store.ts'
import type { DeltaRow, RunningTurn, Store } from '../../../server/store/store.ts'
import { businessEvents, type BusinessEvents } from '../../../server/telemetry/events.ts'
import { createLogger } from '../../../server/telemetry/logger.ts'
import { createMetrics } from '../../../server/telemetry/metrics.ts'

/** What outlives every process of every schedule: the real store with its threads, on a folder of its own. */
export interface Ground extends AsyncDisposable {
  readonly store: Store
  readonly events: BusinessEvents
  /** Never the same number twice: schedules share the store, and each has users of its own. */
  readonly nextNumber: () => number
  /** What happened how often, over all schedules. */
  readonly figures: Map<string, number>
}

export function openGround(): Ground {
  const directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'parley-model-check-'))
  const store = openSqliteStore({ directory, newEpoch: 'first-life' })
  const logger = createLogger({ level: 'fatal', secrets: [], destination: { write: () => {} } })
  let number = 0
  return {
    store, events: businessEvents(logger, createMetrics()), nextNumber: () => ++number, figures: new Map(),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** What the disk itself saw, whatever any process believes. */
export class Record {
  /** Turns that are open on disk, with when they were opened on the monotonic clock. */
  readonly running = new Map<string, number>()
  /** How long each closed turn was open, in milliseconds. */
  readonly openFor = new Map<string, number>()
  /** What each turn's log held when another owner first took it over. */
  readonly claimed = new Map<string, readonly DeltaRow[]>()
  readonly #monotonic: () => number

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic
  }

  /** The store, with its commits written down here. */
  over(store: Store): Store {
    return {
      ...store,
      openTurn: async (command) => {
        const opened = await store.openTurn(command)
        if (opened.kind === 'opened') this.#opened(opened.turn)
        return opened
      },
      settleTurn: async (command) => {
        const written = await store.settleTurn(command)
        if (written) this.#closed(command.turnId)
        return written
      },
      claimAbandonedTurns: async () => {
        const turns = await store.claimAbandonedTurns()
        for (const turn of turns) if (!this.claimed.has(turn.turnId)) this.claimed.set(turn.turnId, turn.rows)
        return turns
      },
    }
  }

  #opened({ turnId }: RunningTurn): void {
    this.running.set(turnId, this.#monotonic())
  }

  #closed(turnId: string): void {
    this.openFor.set(turnId, this.#monotonic() - (this.running.get(turnId) ?? 0))
    this.running.delete(turnId)
  }
}

/** The store as a later life of the log shows it: after a restore or a failover its epoch is another one. */
export function inEpoch(store: Store, epoch: string): Store {
  return {
    ...store, epoch,
    openTurn: async (command) => {
      const opened = await store.openTurn(command)
      return opened.kind === 'repeated' ? { ...opened, turn: { ...opened.turn, epoch } } : opened
    },
    findTurn: async (actor, id) => {
      const turn = await store.findTurn(actor, id)
      return turn && { ...turn, epoch }
    },
    readLog: async (actor, turnId, after) => {
      const log = await store.readLog(actor, turnId, after)
      return log && { ...log, turn: { ...log.turn, epoch } }
    },
  }
}

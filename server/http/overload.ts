import { readFileSync } from 'node:fs'
import type { Server } from 'node:net'
import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8'
import type { TurnDeps } from '../turn/turn-deps.ts'
import { ProblemError } from './problem.ts'

/** What this process may use, and what it uses. */
export interface Load {
  /** Files and sockets that may be open at once; Infinity where that is not known. */
  readonly openFiles: number
  /** The part in use of the heap that things live in for longer, 0 to 1. */
  heapShare(): number
}

/** V8's limit counts three halves of the young heap, of 32 MiB each; the process ends when the rest is full. */
const youngHeapBytes = 96 * 1024 * 1024

export const processLoad: Load = {
  openFiles: openFileLimit(),
  heapShare() {
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics()
    const young = getHeapSpaceStatistics().filter(({ space_name: name }) => name.startsWith('new_'))
    const youngUsed = young.reduce((sum, space) => sum + space.space_used_size, 0)
    return (used - youngUsed) / Math.max(limit - youngHeapBytes, limit / 2)
  },
}

/** Kept back for the database, the log, and whatever else is no connection. */
const keptFiles = 64
/** Over this, little is left before the process would end, and what runs needs it. */
const mostHeap = 0.9
const retryAfter = 1

/**
 * Overload is refused early and said, so that what was begun is brought to its end: a new question when the heap is nearly full, and
 * whatever comes over a connection that takes what running turns need to reach their providers. Far beyond that, connections are
 * closed unheard.
 */
export class Overload {
  readonly #load: Load
  readonly #turns: Pick<TurnDeps, 'liveTurns' | 'events'>
  #connections = 0

  constructor(load: Load, turns: Pick<TurnDeps, 'liveTurns' | 'events'>) {
    this.#load = load
    this.#turns = turns
  }

  /** Counts the server's connections. One that cannot be taken is no reason to end: Node would, if nobody listened. */
  watch(server: Server): void {
    if (Number.isFinite(this.#load.openFiles)) server.maxConnections = Math.max(1, this.#load.openFiles - keptFiles / 2)
    server.on('connection', (connection) => {
      this.#connections += 1
      connection.once('close', () => (this.#connections -= 1))
    })
    server.on('error', (error) => this.#turns.events.unexpected('taking a connection', error))
  }

  /** Each running turn has a connection of its own, to its provider. */
  get hasTooManyConnections(): boolean {
    return this.#connections > this.#load.openFiles - keptFiles - this.#turns.liveTurns.size
  }

  /** Throws overloaded. */
  admitConnection(): void {
    if (this.hasTooManyConnections) throw new ProblemError('overloaded', { retryAfter })
  }

  /** Throws overloaded. */
  admitQuestion(): void {
    if (this.hasTooManyConnections || this.#load.heapShare() > mostHeap) throw new ProblemError('overloaded', { retryAfter })
  }
}

/** The soft limit as Linux tells it (proc(5): limits). Where it is not known the system's own refusals must do. */
function openFileLimit(): number {
  try {
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return limit === undefined ? Infinity : Number(limit)
  } catch {
    return Infinity
  }
}

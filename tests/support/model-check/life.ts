/** One life of the server process, from start to death: the parts of server/app.ts, wired as they are there, over the given ports. */
import { createServer } from 'node:http'
import { builtInAgents } from '../../../server/agents/built-in-agents.ts'
import { findAgent } from '../../../server/agents/find-agent.ts'
import { localBus } from '../../../server/bus/local-bus.ts'
import { attachSockets } from '../../../server/http/sockets/attach-sockets.ts'
import { Overload } from '../../../server/http/overload.ts'
import { UserLimits } from '../../../server/http/user-limits.ts'
import type { Clock } from '../../../server/lib/clock.ts'
import type { MakeId } from '../../../server/lib/ids.ts'
import type { ModelShelf } from '../../../server/models/language-model.ts'
import { unpriced } from '../../../server/models/model-catalog.ts'
import type { Store } from '../../../server/store/store.ts'
import type { BusinessEvents } from '../../../server/telemetry/events.ts'
import { createLogger } from '../../../server/telemetry/logger.ts'
import { createMetrics } from '../../../server/telemetry/metrics.ts'
import { keepLogCompact } from '../../../server/turn/compact-log.ts'
import { LiveTurns } from '../../../server/turn/live-turns.ts'
import { LogWriter } from '../../../server/turn/log-writer.ts'
import { RemoteTurns } from '../../../server/turn/remote-turns.ts'
import { RetryBudget } from '../../../server/turn/retry-budget.ts'
import { recoverTurns } from '../../../server/turn/recover-turns.ts'
import type { AnswerSettings, TurnDeps } from '../../../server/turn/turn-deps.ts'
import { testIdentity } from '../test-identity.ts'
import type { PendingCalls } from './pending-calls.ts'
import type { Wire } from './wire.ts'

export const settings: AnswerSettings = {
  temperature: 0.4, maxTokens: 500, streaming: true, contextTokens: 4000, firstDeltaMs: 5000, idleMs: 4000, turnMs: 20_000,
}

/** What a test puts in the place of a part, to plant a bug that the check must find. */
export interface Overrides {
  /** Wraps the store as the process sees it. */
  readonly store?: (store: Store) => Store
  readonly models?: (models: ModelShelf) => ModelShelf
  readonly liveTurns?: () => LiveTurns
  readonly recover?: (deps: TurnDeps) => Promise<unknown>
}

export interface Ports {
  readonly store: Store
  readonly clock: Clock
  readonly makeId: MakeId
  readonly events: BusinessEvents
  readonly models: ModelShelf
}

/** The story's parts over these ports. */
export function turnDeps(ports: Ports, overrides: Overrides = {}): TurnDeps {
  const store = overrides.store?.(ports.store) ?? ports.store
  const bus = localBus()
  const liveTurns = overrides.liveTurns?.() ?? new LiveTurns()
  return {
    store, clock: ports.clock, events: ports.events, makeId: ports.makeId, bus, settings,
    remoteTurns: new RemoteTurns({ store, bus, clock: ports.clock }),
    liveTurns, retries: new RetryBudget(() => liveTurns.size),
    logWriter: new LogWriter(store, ports.clock, (error) => ports.events.unexpected('appending to the log', error)),
    models: overrides.models?.(ports.models) ?? ports.models, catalog: { find: async () => ({ contextTokens: null, price: unpriced }) }, findAgent: (id) => findAgent(id),
  }
}

const logger = createLogger({ level: 'fatal', secrets: [], destination: { write: () => {} } })
/** Shared by all lives: its collectors of process figures are made once. */
const metrics = createMetrics()

export class Life {
  readonly turns: TurnDeps
  readonly calls: PendingCalls
  readonly #server = createServer()
  readonly #hangUp: () => void
  #alive = true
  #recovered = false

  /** Begins: recovers first, then takes sockets. */
  constructor(ports: Ports, parts: { readonly calls: PendingCalls; readonly hangUp: () => void; readonly overrides: Overrides }) {
    this.calls = parts.calls
    this.#hangUp = parts.hangUp
    const { clock, events } = ports
    this.turns = turnDeps({
      ...ports, store: parts.calls.before(ports.store),
      clock: {
        now: () => clock.now(), monotonic: () => clock.monotonic(),
        after: (milliseconds, action) => clock.after(milliseconds, () => this.#alive && action()),
      },
      events: { ...events, unexpected: (where, error) => this.#alive && events.unexpected(where, error) },
    }, parts.overrides)
    void this.#start(parts.overrides.recover ?? recoverTurns)
  }

  /** True once it takes sockets. */
  get recovered(): boolean {
    return this.#recovered
  }

  async #start(recover: (deps: TurnDeps) => Promise<unknown>): Promise<void> {
    try {
      await recover(this.turns)
    } catch (error) {
      return this.turns.events.unexpected('recovery', error)
    }
    const identity = testIdentity()
    attachSockets(this.#server, {
      turns: this.turns, agents: builtInAgents, identity, limits: new UserLimits(this.turns.clock, null), logger, metrics,
      overload: new Overload({ openFiles: Infinity, heapShare: () => 0 }, this.turns),
      isDraining: () => false, settings: { basePath: '', metricsToken: null, pageDirectory: null },
    })
    keepLogCompact(this.turns)
    this.#recovered = true
  }

  /** A client connects. */
  accept(wire: Wire): void {
    this.#server.emit('connection', wire.server)
  }

  /** The process is gone, without a goodbye: see PendingCalls.die. */
  async die(committed: number): Promise<void> {
    this.#alive = false
    this.#hangUp()
    await this.calls.die(committed)
  }
}

import type { AgentDefinition } from '../agents/agent.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../lib/clock.ts'
import type { MakeId } from '../lib/ids.ts'
import type { ModelShelf } from '../models/language-model.ts'
import type { ModelCatalog } from '../models/model-catalog.ts'
import type { Store } from '../store/store.ts'
import type { BusinessEvents } from '../telemetry/events.ts'
import type { LiveTurns } from './live-turns.ts'
import type { LogWriter } from './log-writer.ts'
import type { RemoteTurns } from './remote-turns.ts'
import type { RetryBudget } from './retry-budget.ts'

/** How answers are made here. Durations in milliseconds, sizes in tokens. */
export interface AnswerSettings {
  readonly temperature: number
  readonly maxTokens: number
  /** False: one delta with the whole answer. */
  readonly streaming: boolean
  readonly contextTokens: number
  /** From the opening of the turn to its first delta. */
  readonly firstDeltaMs: number
  /** Between deltas. */
  readonly idleMs: number
  /** For the turn as a whole. */
  readonly turnMs: number
}

/** What the story of a turn is told with. */
export interface TurnDeps {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly makeId: MakeId
  readonly events: BusinessEvents
  readonly liveTurns: LiveTurns
  readonly remoteTurns: RemoteTurns
  readonly logWriter: LogWriter
  readonly models: ModelShelf
  readonly catalog: ModelCatalog
  readonly retries: RetryBudget
  readonly findAgent: (id: string) => AgentDefinition | null
  readonly settings: AnswerSettings
}

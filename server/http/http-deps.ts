import type { TurnDeps } from '../turn/turn-deps.ts'
import type { AgentDefinition } from '../agents/agent.ts'
import type { Identity } from '../tenants/identity.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Overload } from './overload.ts'
import type { UserLimits } from './user-limits.ts'

/** What the edge needs: who asks, what may be asked of the domain, and how much. */
export interface HttpDeps {
  readonly turns: TurnDeps
  readonly agents: readonly AgentDefinition[]
  readonly identity: Identity
  readonly limits: UserLimits
  readonly overload: Overload
  readonly logger: Logger
  readonly metrics: Metrics
  readonly settings: HttpSettings
  /** True from SIGTERM on: nothing new is begun. */
  readonly isDraining: () => boolean
}

export interface HttpSettings {
  /** '' or '/prefix', without a slash at the end. */
  readonly basePath: string
  readonly metricsToken: string | null
  /** The folder of the built page; null where there is none. */
  readonly pageDirectory: string | null
}

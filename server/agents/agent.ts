import type { Language } from '#protocol/primitives.ts'

/** Whom one can ask: a name, instructions and a route of models. Agents are data. */
export interface AgentDefinition {
  readonly id: string
  readonly name: string
  readonly description: Readonly<Record<Language, string>>
  readonly instructions: Readonly<Record<Language, string>>
  /** Models in order of preference, as `<provider>/<model>`. */
  readonly route: readonly string[]
}

import type { AgentDefinition } from './agent.ts'
import { builtInAgents } from './built-in-agents.ts'

/** The agent with this id, however its letters are cased; null when there is none. */
export function findAgent(id: string, agents: readonly AgentDefinition[] = builtInAgents): AgentDefinition | null {
  const wanted = id.toLowerCase()
  return agents.find((agent) => agent.id.toLowerCase() === wanted) ?? null
}

import type { Language } from '#protocol/primitives.ts'
import type { AgentDefinition } from '../../agents/agent.ts'
import type { ModelMessage } from '../../models/language-model.ts'

/** The lane that comes first and changes least: the agent's instructions. */
export function systemPolicyLane(agent: AgentDefinition, language: Language): ModelMessage {
  return { role: 'system', content: agent.instructions[language] }
}

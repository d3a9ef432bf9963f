import { randomUUID } from 'node:crypto'
import type { Question } from '#protocol/message.ts'
import { findAgent } from '../agents/find-agent.ts'
import type { User } from '../tenants/identity.ts'
import type { AskedQuestion } from '../turn/open-turn.ts'
import type { HttpDeps } from './http-deps.ts'
import { ProblemError } from './problem.ts'

/** From a question on the wire to one that can be asked. Throws draining, overloaded, too_many_requests, or invalid for an agent that does not exist. */
export function toAskedQuestion(deps: HttpDeps, user: User, question: Question, conversationId: string | null): AskedQuestion {
  if (deps.isDraining()) throw new ProblemError('draining', { retryAfter: 1 })
  deps.overload.admitQuestion()
  deps.limits.countSend(user)
  return {
    actor: { tenantId: user.tenantId, userId: user.userId }, language: user.language, conversationId, content: question.content, ...(question.parent_id !== undefined && { parentId: question.parent_id }),
    agentId: question.agent_id === undefined ? null : knownAgentId(deps, question.agent_id), model: question.model ?? null,
    temperature: question.temperature ?? null, useRag: question.use_rag ?? null, clientMessageId: question.client_message_id ?? randomUUID(),
    runningLimit: deps.limits.runningTurns,
  }
}

/** The id as the agent writes it itself: ids are found whatever their case. */
export function knownAgentId(deps: Pick<HttpDeps, 'agents'>, id: string): string {
  const agent = findAgent(id, deps.agents)
  if (!agent) throw new ProblemError('invalid', { errors: [{ path: 'agent_id', message: 'there is no such agent' }] })
  return agent.id
}

import { Conversation, CreateConversation } from '#protocol/conversation.ts'
import { defaultAgentId } from '../../turn/open-turn.ts'
import { knownAgentId } from '../asked-question.ts'
import { ProblemError } from '../problem.ts'
import type { Route } from './route.ts'

const schema = { summary: 'Begin a conversation', body: CreateConversation, response: { 201: Conversation } }

export const postConversations: Route = (router, deps) => {
  const { store, bus, clock, makeId } = deps.turns
  router.post('/conversations', { schema }, async ({ user, body }, reply) => {
    if (deps.isDraining()) throw new ProblemError('draining', { retryAfter: 1 })
    const now = clock.now()
    const conversation = await store.createConversation({
      actor: user, id: makeId('c', now), title: body.title ?? null, agentId: knownAgentId(deps, body.agent_id ?? defaultAgentId),
      memoryMode: body.memory_mode ?? 'persistent', now,
    })
    bus.publish({ kind: 'conversation', actor: user, conversationId: conversation.id, change: 'created' })
    return reply.code(201).send(conversation)
  })
}

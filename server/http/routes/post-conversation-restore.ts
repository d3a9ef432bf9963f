import { Conversation } from '#protocol/conversation.ts'
import { limits } from '#protocol/limits.ts'
import { ProblemError } from '../problem.ts'
import { IdParams } from './id-params.ts'
import type { Route } from './route.ts'

const schema = {
  summary: `Bring back a deleted conversation, for ${limits.undoDays} days after; one that is not deleted is answered as it is`,
  params: IdParams, response: { 200: Conversation },
}

export const postConversationRestore: Route = (router, { turns }) => {
  router.post('/conversations/:id/restore', { schema }, async ({ user, params }) => {
    const conversation = await turns.store.restoreConversation({ actor: user, id: params.id, now: turns.clock.now() })
    if (!conversation) throw new ProblemError('not_found')
    turns.bus.publish({ kind: 'conversation', actor: user, conversationId: conversation.id, change: 'changed' })
    return conversation
  })
}

import { ChangeConversation, Conversation } from '#protocol/conversation.ts'
import { ProblemError } from '../problem.ts'
import { IdParams } from './id-params.ts'
import type { Route } from './route.ts'

const schema = {
  summary: 'Rename a conversation, pin it, say that its answer was read, choose the branch that is shown, or put it into the archive; and back',
  params: IdParams, body: ChangeConversation, response: { 200: Conversation },
}

export const patchConversation: Route = (router, { turns }) => {
  router.patch('/conversations/:id', { schema }, async ({ user, params, body: { leaf_id: leafId, ...change } }) => {
    const conversation = await turns.store.changeConversation({ actor: user, id: params.id, ...change, leafId })
    if (!conversation) throw new ProblemError('not_found')
    turns.bus.publish({ kind: 'conversation', actor: user, conversationId: conversation.id, change: 'changed' })
    return conversation
  })
}

import { ChangeConversation, Conversation } from '#protocol/conversation.ts'
import { ProblemError } from '../problem.ts'
import { IdParams } from './id-params.ts'
import type { Route } from './route.ts'

const schema = { summary: 'Rename a conversation, put it into the archive and back, or choose the branch that is shown', params: IdParams, body: ChangeConversation, response: { 200: Conversation } }

export const patchConversation: Route = (router, { turns }) => {
  router.patch('/conversations/:id', { schema }, async ({ user, params, body }) => {
    const conversation = await turns.store.changeConversation({ actor: user, id: params.id, title: body.title, archived: body.archived, leafId: body.leaf_id })
    if (!conversation) throw new ProblemError('not_found')
    turns.bus.publish({ kind: 'conversation', actor: user, conversationId: conversation.id, change: 'changed' })
    return conversation
  })
}

import { Conversation } from '#protocol/conversation.ts'
import { ProblemError } from '../problem.ts'
import { IdParams } from './id-params.ts'
import type { Route } from './route.ts'

const schema = { summary: 'One conversation', params: IdParams, response: { 200: Conversation } }

export const getConversation: Route = (router, { turns }) => {
  router.get('/conversations/:id', { schema }, async ({ user, params }) => {
    const conversation = await turns.store.findConversation(user, params.id)
    if (!conversation) throw new ProblemError('not_found')
    return conversation
  })
}

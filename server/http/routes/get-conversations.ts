import { Conversation, ConversationQuery } from '#protocol/conversation.ts'
import { pageOf } from '#protocol/page-list.ts'
import { pageList } from '../page-list.ts'
import type { Route } from './route.ts'

const schema = { summary: 'The conversations, the last changed first', querystring: ConversationQuery, response: { 200: pageOf(Conversation) } }

export const getConversations: Route = (router, { turns }) => {
  router.get('/conversations', { schema }, async ({ user, query }) => {
    const { page, per_page, archived } = query
    const found = await turns.store.listConversations(user, { page, perPage: per_page, archived: archived === 'true' })
    return pageList(found, query, turns.clock)
  })
}

import { ConversationQuery, ListedConversation } from '#protocol/conversation.ts'
import { pageOf } from '#protocol/page-list.ts'
import { pageList } from '../page-list.ts'
import type { Route } from './route.ts'

const schema = {
  summary: 'The conversations, the pinned ones first, then the last changed; with search, those whose titles or messages hold its words, the best first, each with where it was found',
  querystring: ConversationQuery, response: { 200: pageOf(ListedConversation) },
}

export const getConversations: Route = (router, { turns }) => {
  router.get('/conversations', { schema }, async ({ user, query }) => {
    const { page, per_page: perPage, search } = query
    const archived = query.archived === 'true'
    const found = search === undefined
      ? await turns.store.listConversations(user, { page, perPage, archived })
      : await turns.store.searchConversations(user, { text: search, page, perPage, archived, now: turns.clock.now() })
    return pageList(found, query, turns.clock)
  })
}

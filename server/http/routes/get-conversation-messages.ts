import { Message } from '#protocol/message.ts'
import { pageOf, PageQuery } from '#protocol/page-list.ts'
import { pageList } from '../page-list.ts'
import { ProblemError } from '../problem.ts'
import { IdParams } from './id-params.ts'
import type { Route } from './route.ts'

const schema = { summary: 'The messages of a conversation, oldest first', params: IdParams, querystring: PageQuery, response: { 200: pageOf(Message) } }

export const getConversationMessages: Route = (router, { turns }) => {
  router.get('/conversations/:id/messages', { schema }, async ({ user, params, query }) => {
    const found = await turns.store.listMessages(user, params.id, { page: query.page, perPage: query.per_page })
    if (!found) throw new ProblemError('not_found')
    return pageList(found, query, turns.clock)
  })
}

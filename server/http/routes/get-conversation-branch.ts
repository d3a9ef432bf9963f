import { BranchPiece, BranchQuery } from '#protocol/message.ts'
import type { z } from 'zod'
import { isoTime } from '../../lib/clock.ts'
import type { BranchPlace } from '../../store/store.ts'
import { ProblemError } from '../problem.ts'
import { IdParams } from './id-params.ts'
import type { Route } from './route.ts'

const schema = {
  summary: 'The branch of a conversation that is shown, oldest first: its newest messages, or those before, after or around one',
  params: IdParams, querystring: BranchQuery, response: { 200: BranchPiece },
}

export const getConversationBranch: Route = (router, { turns }) => {
  router.get('/conversations/:id/branch', { schema }, async ({ user, params, query }) => {
    const branch = await turns.store.readBranch(user, params.id, placeOf(query))
    if (!branch) throw new ProblemError('not_found')
    return { success: true as const, conversation: branch.conversation, data: [...branch.messages], timestamp: isoTime(turns.clock.now()) }
  })
}

function placeOf({ before, after, around, limit }: z.infer<typeof BranchQuery>): BranchPlace {
  if (before !== undefined) return { side: 'before', id: before, limit }
  if (after !== undefined) return { side: 'after', id: after, limit }
  return around === undefined ? { side: 'end', limit } : { side: 'around', id: around, limit }
}

import { Message, RateTurn } from '#protocol/message.ts'
import { ProblemError } from '../problem.ts'
import { IdParams } from './id-params.ts'
import type { Route } from './route.ts'

const schema = {
  summary: 'Say whether the answer of a closed turn was good, and why; null takes it back',
  params: IdParams, body: RateTurn, response: { 200: Message },
}

export const postTurnRating: Route = (router, { turns }) => {
  router.post('/turns/:id/rating', { schema }, async ({ user, params, body }) => {
    const rating = body.rating && { rating: body.rating, reason: body.reason || null }
    const rated = await turns.store.rateTurn({ actor: user, turnId: params.id, rating, now: turns.clock.now() })
    if (rated.kind === 'not_found') throw new ProblemError('not_found')
    if (rated.kind === 'turn_running') throw new ProblemError('turn_running', { turnId: params.id })
    if (rated.changed) turns.bus.publish({ kind: 'conversation', actor: user, conversationId: rated.message.conversation_id, change: 'changed' })
    return rated.message
  })
}

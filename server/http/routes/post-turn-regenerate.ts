import { AnsweredMessage, RegenerateTurn, SentMessage } from '#protocol/message.ts'
import { askAndAnswer } from '../ask-and-answer.ts'
import { toAnswerAgain } from '../asked-again.ts'
import { IdParams } from './id-params.ts'
import type { Route } from './route.ts'

const schema = {
  summary: 'Answer the question of a turn once more, as another version; by another agent or model where one is named',
  params: IdParams, body: RegenerateTurn, response: { 200: AnsweredMessage, 202: SentMessage },
}

export const postTurnRegenerate: Route = (router, deps) => {
  router.post('/turns/:id/regenerate', { schema }, async ({ user, params, body }, reply) => {
    const { stream = false, ...again } = body
    const sent = await askAndAnswer(deps, await toAnswerAgain(deps, user, params.id, again), stream)
    return reply.code(sent.status).send(sent.body)
  })
}

import { AnsweredMessage, EditTurn, SentMessage } from '#protocol/message.ts'
import { askAndAnswer } from '../ask-and-answer.ts'
import { toEditedQuestion } from '../asked-again.ts'
import { IdParams } from './id-params.ts'
import type { Route } from './route.ts'

const schema = {
  summary: 'Ask something else in the place of a turn’s question: a branch of its own, beside the one that is there',
  params: IdParams, body: EditTurn, response: { 200: AnsweredMessage, 202: SentMessage },
}

export const postTurnEdit: Route = (router, deps) => {
  router.post('/turns/:id/edit', { schema }, async ({ user, params, body }, reply) => {
    const { stream = false, ...edited } = body
    const sent = await askAndAnswer(deps, await toEditedQuestion(deps, user, params.id, edited), stream)
    return reply.code(sent.status).send(sent.body)
  })
}

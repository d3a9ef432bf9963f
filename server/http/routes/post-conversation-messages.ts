import { AnsweredMessage, SendMessage, SentMessage } from '#protocol/message.ts'
import { askAndAnswer } from '../ask-and-answer.ts'
import { toAskedQuestion } from '../asked-question.ts'
import { IdParams } from './id-params.ts'
import type { Route } from './route.ts'

const schema = {
  summary: 'Ask a question: with stream true answered at once with where to follow the turn, else when the turn is closed, however it ended',
  params: IdParams, body: SendMessage, response: { 200: AnsweredMessage, 202: SentMessage },
}

export const postConversationMessages: Route = (router, deps) => {
  router.post('/conversations/:id/messages', { schema }, async ({ user, params, body }, reply) => {
    const { stream = false, ...question } = body
    const sent = await askAndAnswer(deps, toAskedQuestion(deps, user, question, params.id), stream)
    return reply.code(sent.status).send(sent.body)
  })
}

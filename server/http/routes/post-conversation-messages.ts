import { AnsweredMessage, SendMessage, SentMessage } from '#protocol/message.ts'
import type { Turn } from '#protocol/turn.ts'
import type { z } from 'zod'
import type { Actor } from '../../lib/actor.ts'
import { findFollowed, turnEnd } from '../../turn/follow-turn.ts'
import { askQuestion } from '../../turn/run-turn.ts'
import type { TurnDeps } from '../../turn/turn-deps.ts'
import { toAskedQuestion } from '../asked-question.ts'
import { acceptedTurn } from '../opened-turn.ts'
import { ProblemError } from '../problem.ts'
import { showTurn } from '../show-turn.ts'
import { IdParams } from './id-params.ts'
import type { Route } from './route.ts'

const schema = {
  summary: 'Ask a question: with stream true answered at once with where to follow the turn, else when the turn is closed, however it ended',
  params: IdParams, body: SendMessage, response: { 200: AnsweredMessage, 202: SentMessage },
}

export const postConversationMessages: Route = (router, deps) => {
  const turnPath = `${deps.settings.basePath}/api/v1/chat/turns`
  router.post('/conversations/:id/messages', { schema }, async ({ user, params, body }, reply) => {
    const { stream, ...question } = body
    const { turn_id } = acceptedTurn(await askQuestion(deps.turns, toAskedQuestion(deps, user, question, params.id)))
    if (!stream) return reply.code(200).send(await answerOf(deps.turns, user, turn_id))

    const turn = await ownTurn(deps.turns, user, turn_id)
    const events = `${turnPath}/${turn.id}/events?epoch=${encodeURIComponent(turn.epoch)}&after=0`
    return reply.code(202).send({ success: true, turn, message_id: turn.message_id, events, stop: `${turnPath}/${turn.id}/stop` })
  })
}

/** Waits for the turn to close. Whoever asked may go away meanwhile: the turn runs to its end all the same. */
async function answerOf(turns: TurnDeps, actor: Actor, turnId: string): Promise<z.infer<typeof AnsweredMessage>> {
  const followed = await findFollowed(turns, actor, turnId)
  if (followed) await turnEnd(followed)
  const turn = await ownTurn(turns, actor, turnId)
  const message = await turns.store.findMessage(actor, turn.response_id)
  if (!message) throw new ProblemError('not_found')
  return { success: true, turn, message }
}

/** The conversation may be deleted while its turn runs. */
async function ownTurn(turns: TurnDeps, actor: Actor, turnId: string): Promise<Turn> {
  const turn = await turns.store.findTurn(actor, turnId)
  if (!turn) throw new ProblemError('not_found')
  return showTurn(turns, actor, turn)
}

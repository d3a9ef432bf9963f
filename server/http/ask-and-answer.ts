import type { z } from 'zod'
import type { AnsweredMessage, SentMessage } from '#protocol/message.ts'
import type { Turn } from '#protocol/turn.ts'
import type { Actor } from '../lib/actor.ts'
import { findFollowed, turnEnd } from '../turn/follow-turn.ts'
import type { AskedQuestion } from '../turn/open-turn.ts'
import { askQuestion } from '../turn/run-turn.ts'
import type { TurnDeps } from '../turn/turn-deps.ts'
import type { HttpDeps } from './http-deps.ts'
import { acceptedTurn } from './opened-turn.ts'
import { ProblemError } from './problem.ts'
import { showTurn } from './show-turn.ts'

export interface Sent {
  readonly status: 200 | 202
  readonly body: z.infer<typeof AnsweredMessage> | z.infer<typeof SentMessage>
}

/** Asks, and has the answer: with `stream` where to follow its turn, at once; else the whole of it, when the turn is closed. */
export async function askAndAnswer(deps: HttpDeps, question: AskedQuestion, stream: boolean): Promise<Sent> {
  const { turn_id: turnId } = acceptedTurn(await askQuestion(deps.turns, question))
  if (!stream) return { status: 200, body: await answerOf(deps.turns, question.actor, turnId) }

  const turnPath = `${deps.settings.basePath}/api/v1/chat/turns/${turnId}`
  const turn = await ownTurn(deps.turns, question.actor, turnId)
  const events = `${turnPath}/events?epoch=${encodeURIComponent(turn.epoch)}&after=0`
  return { status: 202, body: { success: true, turn, message_id: turn.message_id, events, stop: `${turnPath}/stop` } }
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

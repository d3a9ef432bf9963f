import type { AskAgain, Message, Question } from '#protocol/message.ts'
import type { Turn } from '#protocol/turn.ts'
import type { Actor } from '../lib/actor.ts'
import type { User } from '../tenants/identity.ts'
import type { AskedQuestion } from '../turn/open-turn.ts'
import { toAskedQuestion } from './asked-question.ts'
import type { HttpDeps } from './http-deps.ts'
import { ProblemError } from './problem.ts'

/** The question of a turn, to be answered by another version. Throws not_found, and what any question throws. */
export async function toAnswerAgain(deps: HttpDeps, user: User, turnId: string, again: AskAgain): Promise<AskedQuestion> {
  const { turn, question } = await findAsked(deps, user, turnId)
  const asked = toAskedQuestion(deps, user, { ...askedAs(turn, again), content: question.content }, turn.conversation_id)
  return { ...asked, answersMessageId: question.id }
}

/** Another question in the place of a turn's: it hangs on what that one hangs on. */
export async function toEditedQuestion(deps: HttpDeps, user: User, turnId: string, edited: Question): Promise<AskedQuestion> {
  const { turn, question } = await findAsked(deps, user, turnId)
  return toAskedQuestion(deps, user, { ...edited, ...askedAs(turn, edited), parent_id: question.parent_id }, turn.conversation_id)
}

/** Nobody named: it is asked as it was. Whoever names an agent means that agent's own model, unless one is named too. */
function askedAs(turn: Turn, again: AskAgain): AskAgain {
  if (again.agent_id !== undefined || again.model !== undefined) return { ...again, agent_id: again.agent_id ?? turn.agent_id }
  return { ...again, agent_id: turn.agent_id, ...(turn.requested_model !== null && { model: turn.requested_model }) }
}

async function findAsked(deps: HttpDeps, actor: Actor, turnId: string): Promise<{ readonly turn: Turn; readonly question: Message }> {
  const { store } = deps.turns
  const turn = await store.findTurn(actor, turnId)
  const question = turn && await store.findMessage(actor, turn.message_id)
  if (!turn || !question) throw new ProblemError('not_found')
  return { turn, question }
}

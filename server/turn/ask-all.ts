import { findFollowed, turnEnd } from './follow-turn.ts'
import type { AskedQuestion } from './open-turn.ts'
import type { OpenedTurn } from '../store/store.ts'
import { askQuestion } from './run-turn.ts'
import type { TurnDeps } from './turn-deps.ts'

/**
 * One user message, one turn for each agent, one after the other. Each turn has a client message id of its own made from the
 * message's and the agent's, so that sending it all again continues where it was left. Ends early when a turn is not taken,
 * and when this process drains: what it opened then would outlive it.
 */
export async function askAll(
  deps: TurnDeps, question: AskedQuestion, agentIds: readonly string[], isDraining: () => boolean, onOpened: (opened: OpenedTurn) => void,
): Promise<void> {
  let asked = question
  for (const agentId of agentIds) {
    if (isDraining()) return
    const opened = await askQuestion(deps, { ...asked, agentId, clientMessageId: `${question.clientMessageId}:${agentId}` })
    onOpened(opened)
    const first = placeOf(opened)
    if (!first) return
    const followed = await findFollowed(deps, question.actor, first.turnId)
    if (followed) await turnEnd(followed)
    asked = { ...question, conversationId: first.conversationId, answersMessageId: first.messageId }
  }
}

function placeOf(opened: OpenedTurn): { readonly turnId: string; readonly conversationId: string; readonly messageId: string } | null {
  if (opened.kind === 'opened') return opened.turn
  if (opened.kind === 'repeated') return { turnId: opened.turn.id, conversationId: opened.turn.conversation_id, messageId: opened.turn.message_id }
  return null
}

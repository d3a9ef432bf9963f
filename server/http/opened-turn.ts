import type { OpenedTurn } from '../store/store.ts'
import { ProblemError } from './problem.ts'

/** What a client is told of a turn that was taken; the same whether it is new or was sent before. */
export interface AcceptedTurn {
  readonly conversation_id: string
  readonly turn_id: string
  readonly message_id: string
  readonly response_id: string
  readonly client_message_id: string
}

/** Throws the problem where the question was not taken. */
export function acceptedTurn(opened: OpenedTurn): AcceptedTurn {
  switch (opened.kind) {
    case 'opened': {
      const { conversationId, turnId, messageId, responseId, clientMessageId } = opened.turn
      return { conversation_id: conversationId, turn_id: turnId, message_id: messageId, response_id: responseId, client_message_id: clientMessageId }
    }
    case 'repeated': {
      const { conversation_id, id, message_id, response_id, client_message_id } = opened.turn
      return { conversation_id, turn_id: id, message_id, response_id, client_message_id }
    }
    case 'reused_id':
      throw new ProblemError('client_message_id_reused', { turnId: opened.turnId })
    case 'turn_running':
      throw new ProblemError('turn_running', { turnId: opened.turnId })
    case 'too_many_turns':
      throw new ProblemError('too_many_turns', { retryAfter: 1 })
    case 'conversation_not_found':
    case 'message_not_found':
      throw new ProblemError('not_found')
  }
}

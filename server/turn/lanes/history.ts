import type { ModelMessage } from '../../models/language-model.ts'
import type { RunningTurn, Store } from '../../store/store.ts'

export interface HistoryLane {
  readonly messages: readonly ModelMessage[]
  readonly estimatedTokens: number
  /** Earlier messages that did not fit. */
  readonly leftOut: number
}

/** The lane of earlier exchanges: the newest that fit. An answer that never had text is no exchange. */
export async function historyLane(store: Pick<Store, 'readHistory'>, turn: RunningTurn, tokens: number): Promise<HistoryLane> {
  const history = await store.readHistory(turn.actor, turn.conversationId, turn.messageId, tokens)
  const said = history.messages.filter((message) => message.content !== '')
  return {
    messages: said.map(({ role, content }) => ({ role, content })),
    estimatedTokens: said.reduce((sum, message) => sum + message.estimatedTokens, 0),
    leftOut: history.leftOut,
  }
}

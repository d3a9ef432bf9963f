/** Fills a store with conversations as a server would, and brings them into the search. */
import type { Actor } from '../../server/lib/actor.ts'
import { systemClock } from '../../server/lib/clock.ts'
import { indexSlice } from '../../server/search/index-messages.ts'
import type { Store } from '../../server/store/store.ts'
import { morning, question, settlement, textRows } from './store-samples.ts'

export interface Told {
  readonly conversationId: string
  /** In order: the first question, its answer, the next question … */
  readonly messageIds: readonly string[]
}

/** A conversation of this user: questions and answers by turns. A missing last answer is an empty one. `at` in milliseconds since 1970. */
export async function tell(store: Store, actor: Actor, title: string, messages: readonly string[], at = morning): Promise<Told> {
  const first = question(actor, { title, now: at })
  const messageIds: string[] = []
  for (let n = 0; n < messages.length; n += 2) {
    const ids = n === 0 ? first : question(actor, { conversationId: first.newConversationId, now: at + n })
    const opened = await store.openTurn({ ...ids, content: messages[n]! })
    if (opened.kind !== 'opened') throw new Error(`The turn did not open: ${opened.kind}`)
    const rows = textRows(...(messages[n + 1] === undefined ? [] : [messages[n + 1]!]))
    await store.settleTurn(settlement(opened.turn, rows))
    messageIds.push(ids.messageId, ids.responseId)
  }
  return { conversationId: first.newConversationId, messageIds }
}

/** Until nothing waits any more. */
export async function indexAll(store: Store): Promise<void> {
  while (await indexSlice({ store, clock: systemClock }));
}

/** The conversations that a search finds, the best first. */
export async function find(store: Store, actor: Actor, text: string, given: { readonly archived?: boolean; readonly page?: number; readonly perPage?: number } = {}) {
  return store.searchConversations(actor, { text, archived: false, page: 1, perPage: 10, now: morning, ...given })
}

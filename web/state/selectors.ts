/** Questions asked of the state. */
import type { Agent } from '#protocol/agent.ts'
import type { BranchMessage } from '#protocol/message.ts'
import type { ChatState } from './chat-state.ts'
import { findConversation } from './conversation-list.ts'
import { isRunning, type Messages } from './messages.ts'
import type { Outbox } from './outbox.ts'

/** What of the shown branch is here, oldest first. */
export function shownMessages({ open }: ChatState): Messages {
  return open.messages
}

/** The answer that runs and is shown, or null. */
export function runningAnswer(state: ChatState): BranchMessage | null {
  return state.open.messages.find(isRunning) ?? null
}

/** The turn that runs in the open conversation, be it on another branch than the one that is shown. */
export function runningTurnId(state: ChatState): string | null {
  const known = findConversation(state.list, state.open.id)?.running_turn_id ?? null
  return runningAnswer(state)?.turn_id ?? (known !== null && state.open.logs[known]?.state === 'closed' ? null : known)
}

/** The questions of the open conversation that are not acknowledged yet, in the order they were written. */
export function waitingQuestions(state: ChatState): Outbox {
  return state.outbox.filter((entry) => entry.conversation_key === state.open.key)
}

/** Who is asked next: the one chosen, else the one asked last, else the conversation's own, else the first. */
export function chosenAgent(state: ChatState, preferred: string | null): Agent | null {
  const { open, agents, list } = state
  const last = open.messages.findLast((message) => message.agent_id !== null)?.agent_id
  const own = findConversation(list, open.id)?.agent_id
  const wanted = [open.agent_id, last, own, open.id === null ? preferred : null]
  for (const id of wanted) {
    const agent = agents.find((candidate) => candidate.id === id)
    if (agent !== undefined) return agent
  }
  return agents[0] ?? null
}

export function agentName(state: ChatState, id: string | null): string | null {
  return state.agents.find((agent) => agent.id === id)?.name ?? id
}

/** The title of the tab: hollow while the open conversation answers, solid while an answer elsewhere is unread. */
export function tabTitle(state: ChatState, words: { readonly product: string; readonly conversation: string; readonly new_conversation: string }): string {
  const mark = runningAnswer(state) !== null ? '○ ' : state.list.items.some((item) => item.unread && item.id !== state.open.id) ? '● ' : ''
  const title = state.open.id === null ? words.new_conversation : (openTitle(state) ?? words.conversation)
  return `${mark}${title} · ${words.product}`
}

export function openTitle(state: ChatState): string | null {
  return findConversation(state.list, state.open.id)?.title ?? null
}

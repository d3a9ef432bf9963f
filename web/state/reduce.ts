/**
 * The one reducer of the chat page. Pure: a state and an action in, a state and the effects it asks for out. After every
 * action the outbox is looked at once, so that whatever frees a conversation also lets its next question leave.
 */
import { reasoningOf, emptyLog, type AnswerLog } from './answer-log.ts'
import { openConversation, step, withOpen, type ChatAction, type ChatState, type Effect, type Step } from './chat-state.ts'
import { addPage, applyChange, findConversation, remove, withoutVanished } from './conversation-list.ts'
import { reduceFrame, resume } from './frames.ts'
import { isRunning, mergeMessages } from './messages.ts'
import { addEntries, changeEntry, conversationIdOf, releaseHeld, removeEntries, requeueUnacknowledged, sendable } from './outbox.ts'

type ActionReducers = { readonly [T in ChatAction['type']]: (state: ChatState, action: Extract<ChatAction, { type: T }>) => Step }

const actionReducers: ActionReducers = {
  connection_changed: connectionChanged,
  frame_received: (state, { frame }) => reduceFrame(state, frame),
  agents_fetched: (state, { agents }) => step({ ...state, agents }),
  list_fetched: (state, { page, items, next_page }) => {
    const held = page === 1 ? withoutVanished(state.list, items, next_page) : state.list
    return step({ ...state, list: addPage(held, items, next_page) })
  },
  conversation_opened: conversationOpened,
  messages_fetched: messagesFetched,
  messages_not_fetched: messagesNotFetched,
  agent_chosen: (state, { agent_id }) => step(withOpen(state, { agent_id })),
  question_asked: (state, { entry }) => step({ ...state, outbox: addEntries(state.outbox, [entry]) }),
  question_withdrawn: (state, { client_message_id }) => step({ ...state, outbox: removeEntries(state.outbox, new Set([client_message_id])) }),
  question_retried: (state, { client_message_id }) =>
    step({ ...state, outbox: changeEntry(state.outbox, client_message_id, { state: 'queued', problem: null, sent: 0 }) }),
  outbox_restored: (state, { entries }) => step({ ...state, outbox: requeueUnacknowledged(addEntries(state.outbox, entries)) }),
  wait_over: (state, { conversation_key }) => step({ ...state, outbox: releaseHeld(state.outbox, conversation_key) }),
  stop_asked: (state, { turn_id }) => step(withOpen(state, { stopping_turn_id: turn_id }), { type: 'stop', turn_id }),
  stop_failed: (state, { turn_id }) => step(state.open.stopping_turn_id === turn_id ? withOpen(state, { stopping_turn_id: null }) : state),
  conversation_renamed: (state, { conversation }) =>
    step({ ...state, list: applyChange(state.list, { conversation_id: conversation.id, change: 'changed', conversation }) }),
  conversation_deleted: (state, { conversation_id }) =>
    step({ ...state, list: remove(state.list, conversation_id) }, ...(conversation_id === state.open.id ? [{ type: 'conversation_left' } as const] : [])),
}

export function reduce(state: ChatState, action: ChatAction): Step {
  const reducer = actionReducers[action.type] as (state: ChatState, action: ChatAction) => Step
  return letQuestionsLeave(reducer(state, action))
}

function letQuestionsLeave({ state, effects }: Step): Step {
  if (state.connection !== 'online') return { state, effects }
  const leaving = sendable(state.outbox, (key) => runsIn(state, key)).map((entry) => ({ ...entry, state: 'sending' as const, sent: entry.sent + 1 }))
  if (leaving.length === 0) return { state, effects }
  const outbox = leaving.reduce((entries, entry) => changeEntry(entries, entry.client_message_id, entry), state.outbox)
  return { state: { ...state, outbox }, effects: [...effects, ...leaving.map((entry) => ({ type: 'send', entry }) as const)] }
}

/** Does a turn run there, as far as we know? Where we do not know, the server does: it answers `turn_running`. */
export function runsIn(state: ChatState, key: string): boolean {
  if (key === state.open.key) return state.open.status === 'loading' || state.open.messages.some(isRunning)
  return findConversation(state.list, conversationIdOf(key))?.running_turn_id != null
}

function connectionChanged(state: ChatState, { connection }: { readonly connection: ChatState['connection'] }): Step {
  const outbox = connection === 'online' ? state.outbox : requeueUnacknowledged(state.outbox)
  return step({ ...state, connection, outbox })
}

function conversationOpened(state: ChatState, { key }: { readonly key: string }): Step {
  if (key === state.open.key) return step(state)
  const id = conversationIdOf(key)
  const effects: Effect[] = []
  if (state.open.id !== null) effects.push({ type: 'unsubscribe', conversation_id: state.open.id })
  if (id !== null) effects.push({ type: 'subscribe', conversation_id: id }, { type: 'fetch_messages', conversation_id: id })
  return step({ ...state, open: openConversation(key, id) }, ...effects)
}

function messagesFetched(state: ChatState, { conversation, messages }: Extract<ChatAction, { type: 'messages_fetched' }>): Step {
  const list = applyChange(state.list, { conversation_id: conversation.id, change: 'changed', conversation })
  // A stored question is an acknowledged one, whether or not the acknowledgement came.
  const stored = new Set(messages.flatMap((message) => message.client_message_id ?? []))
  const base = { ...state, list, outbox: removeEntries(state.outbox, stored) }
  if (conversation.id !== state.open.id) return step(base)
  const merged = mergeMessages(state.open.messages, messages)
  const logs: Record<string, AnswerLog> = { ...state.open.logs }
  const effects: Effect[] = []
  for (const message of merged.filter((candidate) => candidate.role === 'assistant')) {
    const log = logs[message.turn_id]
    if (message.outcome !== null && log !== undefined && log.state !== 'closed') logs[message.turn_id] = closedBy(log, message)
    if (message.outcome !== null || log !== undefined) continue
    const fresh: AnswerLog = { ...emptyLog(message.turn_id, message.id), state: 'resuming' }
    logs[message.turn_id] = fresh
    if (state.connection === 'online') effects.push(resume(fresh))
  }
  const open = { messages: merged, logs, status: 'ready' as const, rev: Math.max(state.open.rev, conversation.rev) }
  return step(withOpen(base, open), ...effects)
}

function closedBy(log: AnswerLog, message: ChatState['open']['messages'][number]): AnswerLog {
  const same = message.content === log.text
  return { ...log, text: message.content, reasoning: reasoningOf(message), generation: log.generation + (same ? 0 : 1), state: 'closed' }
}

function messagesNotFetched(state: ChatState, { conversation_id, missing }: Extract<ChatAction, { type: 'messages_not_fetched' }>): Step {
  if (conversation_id !== state.open.id || (state.open.status === 'ready' && !missing)) return step(state)
  return step(withOpen(state, { status: missing ? 'missing' : 'failed' }))
}

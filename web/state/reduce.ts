/**
 * The one reducer of the chat page. Pure: a state and an action in, a state and the effects it asks for out. After every
 * action the outbox is looked at once, so that whatever frees a conversation also lets its next question leave.
 */
import type { Conversation } from '#protocol/conversation.ts'
import type { Message } from '#protocol/message.ts'
import { reasoningOf, emptyLog, type AnswerLog } from './answer-log.ts'
import { openConversation, step, withOpen, type ChatAction, type ChatState, type Effect, type Step } from './chat-state.ts'
import { addPage, applyChange, findConversation, remove, withoutVanished, type ConversationList } from './conversation-list.ts'
import { reduceFrame, resume } from './frames.ts'
import { joinPiece, withinReach } from './messages.ts'
import { runningTurnId } from './selectors.ts'
import { addEntries, changeEntry, conversationIdOf, releaseHeld, removeEntries, requeueUnacknowledged, sendable } from './outbox.ts'
import { answeredWith, typed, withoutFound } from './search.ts'

type ActionReducers = { readonly [T in ChatAction['type']]: (state: ChatState, action: Extract<ChatAction, { type: T }>) => Step }

const actionReducers: ActionReducers = {
  connection_changed: connectionChanged,
  frame_received: (state, { frame }) => reduceFrame(state, frame),
  agents_fetched: (state, { agents }) => step({ ...state, agents }),
  list_fetched: (state, { shelf, page, items, next_page }) => {
    const held = page === 1 ? withoutVanished(state.list, items, next_page, shelf) : state.list
    return step({ ...state, list: addPage(held, items, next_page, shelf) })
  },
  shelf_chosen: (state, { shelf }) =>
    step({ ...state, shelf, search: null }, ...(state.list.readings[shelf].loaded ? [] : [{ type: 'fetch_list', shelf } as const])),
  conversation_opened: conversationOpened,
  messages_fetched: messagesFetched,
  messages_not_fetched: messagesNotFetched,
  branch_chosen: branchChosen,
  answer_rated: answerRated,
  agent_chosen: (state, { agent_id }) => step(withOpen(state, { agent_id })),
  question_asked: questionAsked,
  question_withdrawn: (state, { client_message_id }) => step({ ...state, outbox: removeEntries(state.outbox, new Set([client_message_id])) }),
  question_retried: (state, { client_message_id }) =>
    step({ ...state, outbox: changeEntry(state.outbox, client_message_id, { state: 'queued', problem: null, sent: 0 }) }),
  outbox_restored: (state, { entries }) => step({ ...state, outbox: requeueUnacknowledged(addEntries(state.outbox, entries)) }),
  wait_over: (state, { conversation_key }) => step({ ...state, outbox: releaseHeld(state.outbox, conversation_key) }),
  stop_asked: (state, { turn_id }) => step(withOpen(state, { stopping_turn_id: turn_id }), { type: 'stop', turn_id }),
  stop_failed: (state, { turn_id }) => step(state.open.stopping_turn_id === turn_id ? withOpen(state, { stopping_turn_id: null }) : state),
  conversation_changed: (state, { conversation }) => step({ ...state, list: changed(state, conversation) }),
  conversation_archived: conversationArchived,
  conversation_deleted: conversationDeleted,
  conversation_restored: conversationRestored,
  change_settled: (state, { conversation_id }) => step(state.undoable?.id === conversation_id ? { ...state, undoable: null } : state),
  search_typed: searchTyped,
  search_answered: (state, { question, answer }) => step({ ...state, search: answeredWith(state.search, question, answer) }),
  search_closed: (state) => step({ ...state, search: null }),
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
  if (key === state.open.key) return state.open.status === 'loading' || state.open.choosing || runningTurnId(state) !== null
  return findConversation(state.list, conversationIdOf(key))?.running_turn_id != null
}

function connectionChanged(state: ChatState, { connection }: { readonly connection: ChatState['connection'] }): Step {
  const outbox = connection === 'online' ? state.outbox : requeueUnacknowledged(state.outbox)
  return step({ ...state, connection, outbox })
}

/** Who asks has read on: from here the conversation's address is its own again. */
function questionAsked(state: ChatState, { entry }: Extract<ChatAction, { type: 'question_asked' }>): Step {
  const next = { ...state, outbox: addEntries(state.outbox, [entry]) }
  const { id, key, sought } = state.open
  return id !== null && sought !== null && entry.conversation_key === key
    ? step(withOpen(next, { sought: null }), { type: 'message_left', conversation_id: id })
    : step(next)
}

function conversationDeleted(state: ChatState, { conversation_id: id, title }: Extract<ChatAction, { type: 'conversation_deleted' }>): Step {
  const was_open = id === state.open.id
  const next = { ...state, list: remove(state.list, id), search: withoutFound(state.search, id), undoable: { change: 'deleted' as const, id, title, was_open } }
  return step(next, ...(was_open ? [{ type: 'conversation_left' } as const] : []))
}

/** What was on the screen comes back there, unless the reader has gone elsewhere. */
function conversationRestored(state: ChatState, { conversation }: Extract<ChatAction, { type: 'conversation_restored' }>): Step {
  const { id } = conversation
  const list = changed(state, conversation)
  const own = state.undoable?.id === id ? state.undoable : null
  const undoable = own === null ? state.undoable : null
  const returns = own?.was_open === true && state.open.status === 'new' && !state.outbox.some((entry) => entry.conversation_key === state.open.key)
  return step({ ...state, list, undoable }, ...(returns ? [{ type: 'conversation_returned', conversation_id: id } as const] : []))
}

/** It stays on the screen if it stood there; what can be undone is only that it was put away. */
function conversationArchived(state: ChatState, { conversation }: Extract<ChatAction, { type: 'conversation_archived' }>): Step {
  const { id, title, archived } = conversation
  const own = state.undoable?.id === id ? null : state.undoable
  const undoable = archived ? { change: 'archived' as const, id, title, was_open: false } : own
  return step({ ...state, list: changed(state, conversation), search: withoutFound(state.search, id), undoable })
}

function changed(state: ChatState, conversation: Conversation): ConversationList {
  return applyChange(state.list, { conversation_id: conversation.id, change: 'changed', conversation })
}

function searchTyped(state: ChatState, { text }: { readonly text: string }): Step {
  const question = text.trim()
  const asks = question !== '' && (question !== state.search?.text.trim() || state.search.failed)
  return step({ ...state, search: typed(state.search, text) }, ...(asks ? [{ type: 'search', question } as const] : []))
}

function conversationOpened(state: ChatState, { key, message_id = null }: Extract<ChatAction, { type: 'conversation_opened' }>): Step {
  if (key === state.open.key) return sought(state, message_id)
  const id = conversationIdOf(key)
  const effects: Effect[] = []
  if (state.open.id !== null) effects.push({ type: 'unsubscribe', conversation_id: state.open.id })
  if (id !== null) effects.push({ type: 'subscribe', conversation_id: id }, { type: 'fetch_messages', conversation_id: id, at: message_id === null ? 'end' : { message_id } })
  return step({ ...state, open: openConversation(key, id, message_id) }, ...effects)
}

/** A message that is not held is read, with what stands around it. */
function sought(state: ChatState, messageId: string | null): Step {
  const { id, messages } = state.open
  if (messageId === null) return step(state)
  const read = id === null || messages.some((message) => message.id === messageId) ? [] : [{ type: 'fetch_messages', conversation_id: id, at: { message_id: messageId } } as const]
  return step(withOpen(state, { sought: { message_id: messageId } }), ...read)
}

function branchChosen(state: ChatState, { message_id }: { readonly message_id: string }): Step {
  const { id } = state.open
  return id === null ? step(state) : step(withOpen(state, { choosing: true }), { type: 'choose_branch', conversation_id: id, message_id })
}

function answerRated(state: ChatState, { message }: { readonly message: Message }): Step {
  return step(withOpen(state, { messages: state.open.messages.map((held) => (held.id === message.id ? { ...held, rating: message.rating } : held)) }))
}

function messagesFetched(state: ChatState, { conversation, messages, side = 'end' }: Extract<ChatAction, { type: 'messages_fetched' }>): Step {
  const list = changed(state, conversation)
  // A stored question is an acknowledged one, whether or not the acknowledgement came.
  const stored = new Set(messages.flatMap((message) => message.client_message_id ?? []))
  const base = { ...state, list, outbox: removeEntries(state.outbox, stored) }
  if (conversation.id !== state.open.id) return step(base)
  const merged =
    side === 'before' || side === 'after'
      ? withinReach(joinPiece(state.open.messages, messages, 'drop'), side)
      : joinPiece(state.open.messages, messages, 'replace')
  const logs: Record<string, AnswerLog> = { ...state.open.logs }
  const effects: Effect[] = []
  for (const message of merged.filter((candidate) => candidate.role === 'assistant')) {
    const log = logs[message.turn_id]
    if (message.outcome !== null && log !== undefined && log.state !== 'closed') logs[message.turn_id] = closedBy(log, message)
    // What was read is older than the end of this turn, which is here already.
    if (message.outcome === null && log?.state === 'closed') effects.push({ type: 'fetch_messages', conversation_id: conversation.id })
    if (message.outcome !== null || log !== undefined) continue
    const fresh: AnswerLog = { ...emptyLog(message.turn_id, message.id), state: 'resuming' }
    logs[message.turn_id] = fresh
    if (state.connection === 'online') effects.push(resume(fresh))
  }
  // A branch ends at its last message: one that goes on here was read before that was said.
  const goesOn = merged.slice(0, -1).some((message) => message.id === conversation.leaf_id)
  const leaf_id = goesOn ? merged.at(-1)!.id : conversation.leaf_id
  const open = { messages: merged, leaf_id, choosing: false, logs, status: 'ready' as const, rev: Math.max(state.open.rev, conversation.rev) }
  return step(withOpen(base, open), ...effects)
}

function closedBy(log: AnswerLog, message: ChatState['open']['messages'][number]): AnswerLog {
  const same = message.content === log.text
  return { ...log, text: message.content, reasoning: reasoningOf(message), generation: log.generation + (same ? 0 : 1), state: 'closed' }
}

function messagesNotFetched(state: ChatState, { conversation_id, missing }: Extract<ChatAction, { type: 'messages_not_fetched' }>): Step {
  if (conversation_id !== state.open.id) return step(state)
  if (state.open.status === 'ready' && !missing) return step(withOpen(state, { choosing: false }))
  return step(withOpen(state, { status: missing ? 'missing' : 'failed' }))
}

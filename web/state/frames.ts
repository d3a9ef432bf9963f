/** What each frame of the server does to the state: one table, one small function per frame. */
import type { ServerFrame, ServerFramePayload, ServerFrameType } from '#protocol/chat-frames.ts'
import type { Conversation } from '#protocol/conversation.ts'
import type { TurnEvent } from '#protocol/turn-events.ts'
import { applyResumed, applyRow, closeMessage, emptyLog, type AnswerLog } from './answer-log.ts'
import { step, withLog, withOpen, type ChatState, type Effect, type Step } from './chat-state.ts'
import { applyChange, findConversation, markRunning, shelves } from './conversation-list.ts'
import { addAccepted, isRunning } from './messages.ts'
import { changeEntry, moveEntries, releaseHeld, removeEntries, requeueUnacknowledged } from './outbox.ts'
import { withoutFound } from './search.ts'

type FrameReducers = { readonly [T in ServerFrameType]?: (state: ChatState, payload: ServerFramePayload<T>, at: number) => Step }

const frameReducers: FrameReducers = {
  connected,
  subscribed,
  'chat.accepted': accepted,
  'chat.resumed': resumed,
  'chat.delta': (state, payload, at) => turnRow(state, { type: 'chat.delta', payload }, at),
  'chat.done': (state, payload) => turnRow(state, { type: 'chat.done', payload }, null),
  'chat.failed': (state, payload) => turnRow(state, { type: 'chat.failed', payload }, null),
  conversation: conversationChanged,
  error: refused,
}

/** Frames without a row in the table change nothing here. */
export function reduceFrame(state: ChatState, frame: ServerFrame): Step {
  const reducer = frameReducers[frame.type] as ((state: ChatState, payload: ServerFrame['payload'], at: number) => Step) | undefined
  return reducer === undefined ? step(state) : reducer(state, frame.payload, Date.parse(frame.timestamp))
}

/** A new socket knows nothing of the old one: subscribe again, resume what runs, and let unacknowledged questions leave again. */
function connected(state: ChatState): Step {
  const effects: Effect[] = [{ type: 'subscribe', conversation_id: null }]
  if (state.open.id !== null) effects.push({ type: 'subscribe', conversation_id: state.open.id })
  if (state.connection !== 'connecting') effects.push(...fetchList(state))
  const logs: Record<string, AnswerLog> = {}
  for (const log of Object.values(state.open.logs)) {
    logs[log.turn_id] = log.state === 'closed' ? log : { ...log, state: 'resuming' }
    if (log.state !== 'closed') effects.push(resume(log))
  }
  const next: ChatState = { ...withOpen(state, { logs }), connection: 'online', listening: false, outbox: requeueUnacknowledged(state.outbox) }
  return step(next, ...effects)
}

function fetchList({ list }: ChatState): readonly Effect[] {
  return shelves.filter((shelf) => shelf === 'current' || list.readings[shelf].loaded).map((shelf) => ({ type: 'fetch_list', shelf }))
}

export function resume(log: AnswerLog): Effect {
  return { type: 'resume', turn_id: log.turn_id, epoch: log.epoch, after: log.last }
}

/** From here on nothing is missed; what changed before, between the fetch and now, is fetched again. Said once more, something was missed. */
function subscribed(state: ChatState, payload: ServerFramePayload<'subscribed'>): Step {
  if (payload.conversation_id === null) return step({ ...state, listening: true }, ...(state.listening ? fetchList(state) : []))
  const { id, status, rev } = state.open
  const stale = id !== null && payload.conversation_id === id && status === 'ready' && payload.rev !== null && payload.rev > rev
  return stale ? step(state, { type: 'fetch_messages', conversation_id: id }) : step(state)
}

function accepted(state: ChatState, payload: ServerFramePayload<'chat.accepted'>): Step {
  const entry = state.outbox.find((candidate) => candidate.client_message_id === payload.client_message_id)
  const id = payload.conversation_id
  if (entry === undefined) return acceptedElsewhere(state, payload)
  const outbox = moveEntries(removeEntries(state.outbox, new Set([entry.client_message_id])), entry.conversation_key, id)
  const base: ChatState = { ...state, outbox, list: markRunning(state.list, id, payload.turn_id) }
  if (entry.conversation_key !== state.open.key) return step(base)
  const log = state.open.logs[payload.turn_id] ?? emptyLog(payload.turn_id, payload.response_id, payload.epoch)
  // A question that left twice may have been answered already: its rows are asked for instead of hoped for.
  const again = entry.sent > 1 && log.state !== 'closed'
  // What it hangs on is not held: the branch is read at its end, where the question stands now.
  const messages = addAccepted(state.open.messages, state.open.leaf_id, payload, entry)
  const opened = withOpen(base, { key: id, id, status: 'ready', leaf_id: payload.response_id, ...(messages !== null && { messages }) })
  const made = state.open.id === null
  return step(
    withLog(opened, again ? { ...log, state: 'resuming' } : log),
    ...(made ? ([{ type: 'conversation_made', key: entry.conversation_key, conversation_id: id }, { type: 'subscribe', conversation_id: id }] as const) : []),
    ...(again ? [resume(log)] : []),
    ...(messages === null ? [{ type: 'fetch_messages', conversation_id: id, at: 'end' } as const] : []),
  )
}

/** A question from another tab, or a running turn that a subscription joined: its rows follow, its question is fetched. */
function acceptedElsewhere(state: ChatState, { conversation_id: id, turn_id: turnId }: ServerFramePayload<'chat.accepted'>): Step {
  const known = id !== state.open.id || state.open.messages.some((message) => message.turn_id === turnId)
  return known ? step(state) : step(state, { type: 'fetch_messages', conversation_id: id })
}

function resumed(state: ChatState, payload: ServerFramePayload<'chat.resumed'>): Step {
  const log = state.open.logs[payload.turn_id]
  if (log === undefined) return step(state)
  const next = withLog(state, applyResumed(log, payload))
  if (payload.message === undefined) return step(next)
  const { message } = payload
  return step(withOpen(next, { messages: next.open.messages.map((held) => (held.id === message.id && held.outcome === null ? { ...held, ...message } : held)) }))
}

/** `at`: when the server sent it, in milliseconds since 1970. */
function turnRow(state: ChatState, event: TurnEvent, at: number | null): Step {
  const { conversation_id: id, turn_id: turnId, response_id: responseId } = event.payload
  const closes = event.type !== 'chat.delta'
  const base = closes ? { ...state, outbox: releaseHeld(state.outbox, id), list: markRunning(state.list, id, null) } : state
  if (id !== state.open.id) return step(base)
  const held = state.open.logs[turnId]
  // A turn that was started elsewhere: its question is not here yet.
  const unknown: Effect[] =
    held === undefined && !state.open.messages.some((message) => message.id === responseId) ? [{ type: 'fetch_messages', conversation_id: id }] : []
  const { log, verdict } = applyRow(held ?? emptyLog(turnId, responseId), event, at)
  if (verdict === 'seen') return step(base, ...unknown)
  const next = withLog(base, log)
  if (verdict !== 'applied') return step(next, resume(log), ...unknown)
  return step(closes ? closeAnswer(next, log, event) : next, ...unknown)
}

function closeAnswer(state: ChatState, log: AnswerLog, event: Exclude<TurnEvent, { type: 'chat.delta' }>): ChatState {
  const messages = state.open.messages.map((message) => (message.id === log.response_id ? { ...message, ...closeMessage(message, log, event) } : message))
  const stopping = state.open.stopping_turn_id === log.turn_id ? null : state.open.stopping_turn_id
  return withOpen(state, { messages, stopping_turn_id: stopping })
}

function conversationChanged(state: ChatState, payload: ServerFramePayload<'conversation'>): Step {
  const { conversation_id: id, conversation, change } = payload
  const list = applyChange(state.list, payload)
  const outbox = change === 'settled' ? releaseHeld(state.outbox, id) : state.outbox
  const next: ChatState = { ...state, list, outbox, search: change === 'deleted' ? withoutFound(state.search, id) : state.search }
  if (id !== state.open.id) return step(next)
  if (change === 'deleted') return step(withOpen(next, { status: 'missing', messages: [], logs: {} }))
  // Brought back elsewhere, it is read again here.
  if (state.open.status === 'missing' && conversation !== null) return step(next, { type: 'fetch_messages', conversation_id: id })
  const turnId = conversation?.running_turn_id ?? null
  const known = findConversation(state.list, id)?.running_turn_id
  const startedElsewhere = turnId !== null && turnId !== known && state.open.status === 'ready' && !state.open.messages.some((message) => message.turn_id === turnId)
  const chosenElsewhere = change === 'changed' && conversation !== null && isOtherwise(state, conversation)
  // The rows come on their own; when a turn settled and its last row did not come, the log is asked.
  const missed = change === 'settled' ? Object.values(state.open.logs).filter((log) => log.state === 'following') : []
  return step(next, ...(startedElsewhere || chosenElsewhere ? [{ type: 'fetch_messages', conversation_id: id } as const] : []), ...missed.map(resume))
}

/** Another branch was chosen; or something changed that the list does not show: an answer was rated. */
function isOtherwise({ open, list }: ChatState, conversation: Conversation): boolean {
  if (open.status !== 'ready' || open.choosing) return false
  if (open.leaf_id !== null && conversation.leaf_id !== open.leaf_id) return true
  const listed = findConversation(list, conversation.id)
  return listed !== null && conversation.rev > listed.rev && JSON.stringify({ ...listed, rev: 0 }) === JSON.stringify({ ...conversation, rev: 0 })
}

/** Refusals that mean "not now": the question waits and leaves again by itself. */
const waits: Partial<Record<ServerFramePayload<'error'>['code'], number>> = {
  too_many_requests: 5,
  too_many_turns: 5,
  draining: 5,
  overloaded: 5,
  store_unavailable: 10,
  disk_full: 30,
  internal: 10,
}
const mostAttempts = 5

function refused(state: ChatState, payload: ServerFramePayload<'error'>): Step {
  const entry = state.outbox.find((candidate) => candidate.client_message_id === payload.client_message_id)
  if (entry !== undefined) return refusedQuestion(state, payload, entry)
  const log = payload.turn_id === undefined ? undefined : state.open.logs[payload.turn_id]
  if (log === undefined || log.state === 'closed' || state.open.id === null) return step(state)
  // A turn that cannot be followed: the stored messages say how it stands.
  return step(state, { type: 'fetch_messages', conversation_id: state.open.id })
}

function refusedQuestion(state: ChatState, payload: ServerFramePayload<'error'>, entry: ChatState['outbox'][number]): Step {
  const change = (changed: Partial<typeof entry>) => ({ ...state, outbox: changeEntry(state.outbox, entry.client_message_id, changed) })
  if (payload.code === 'turn_running') {
    const here = entry.conversation_key === state.open.id
    const known = state.open.messages.some((message) => message.turn_id === payload.turn_id && isRunning(message))
    return step(change({ state: 'held' }), ...(here && !known ? [{ type: 'fetch_messages', conversation_id: entry.conversation_key } as const] : []))
  }
  const seconds = payload.retry_after ?? waits[payload.code]
  if (seconds === undefined || entry.sent >= mostAttempts) return step(change({ state: 'refused', problem: payload.message }))
  return step(change({ state: 'held' }), { type: 'wait', conversation_key: entry.conversation_key, seconds })
}

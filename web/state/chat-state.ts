/** All that the chat page knows, what may happen to it, and what a change asks the outside to do. */
import type { Agent } from '#protocol/agent.ts'
import type { ServerFrame } from '#protocol/chat-frames.ts'
import type { Conversation } from '#protocol/conversation.ts'
import type { Message } from '#protocol/message.ts'
import type { AnswerLog } from './answer-log.ts'
import { emptyList, type ConversationList, type Shelf } from './conversation-list.ts'
import type { Messages } from './messages.ts'
import type { Outbox, OutboxEntry } from './outbox.ts'
import type { FoundConversation, Search } from './search.ts'

/** connecting: the first attempt · online · waiting: lost, tried again · resting: closed because nobody was there · not_signed_in. */
export type Connection = 'connecting' | 'online' | 'waiting' | 'resting' | 'not_signed_in'

/** Which side of what is held a piece was read on: `end` and `around` may take its place. */
export type Side = 'end' | 'around' | 'before' | 'after'

/** Where to read: at the end, or around a message. Absent: where the reader is. */
export type Reading = 'end' | { readonly message_id: string }

export interface OpenConversation {
  /** The conversation's id, or `new:…`. */
  readonly key: string
  readonly id: string | null
  readonly status: 'new' | 'loading' | 'ready' | 'missing' | 'failed'
  /** A piece of the shown branch; see messages.ts. */
  readonly messages: Messages
  /** Where the shown branch ends; null while nothing was said, or that is not known. */
  readonly leaf_id: string | null
  /** Another branch was asked for and is not here yet: no question leaves until it is. */
  readonly choosing: boolean
  /** By turn id: the answers that run, or did while this conversation was open. */
  readonly logs: Readonly<Record<string, AnswerLog>>
  /** The `rev` under which the messages were fetched. */
  readonly rev: number
  /** The agent chosen for the next question; null means the one who answered last. */
  readonly agent_id: string | null
  /** The turn that was asked to stop and has not closed yet. */
  readonly stopping_turn_id: string | null
  /** The message to be brought into view; each time it is asked for is another object. */
  readonly sought: { readonly message_id: string } | null
}

/** A conversation that was deleted or put away here a moment ago, and can be brought back. */
export interface Undoable {
  readonly change: 'deleted' | 'archived'
  readonly id: string
  readonly title: string | null
  /** It was the one on the screen, and comes back there. */
  readonly was_open: boolean
}

export interface ChatState {
  readonly connection: Connection
  /** On this connection, changes of the list are told. */
  readonly listening: boolean
  readonly agents: readonly Agent[]
  readonly list: ConversationList
  /** Which of its shelves is shown. */
  readonly shelf: Shelf
  readonly open: OpenConversation
  readonly outbox: Outbox
  /** Null while nobody searches. */
  readonly search: Search | null
  readonly undoable: Undoable | null
}

export type ChatAction =
  | { readonly type: 'connection_changed'; readonly connection: Connection }
  | { readonly type: 'frame_received'; readonly frame: ServerFrame }
  | { readonly type: 'agents_fetched'; readonly agents: readonly Agent[] }
  | { readonly type: 'list_fetched'; readonly shelf: Shelf; readonly page: number; readonly items: readonly Conversation[]; readonly next_page: number | null }
  | { readonly type: 'conversation_opened'; readonly key: string; readonly message_id?: string | null }
  | { readonly type: 'messages_fetched'; readonly conversation: Conversation; readonly messages: Messages; readonly side?: Side }
  | { readonly type: 'messages_not_fetched'; readonly conversation_id: string; readonly missing: boolean }
  | { readonly type: 'branch_chosen'; readonly message_id: string }
  | { readonly type: 'answer_rated'; readonly message: Message }
  | { readonly type: 'agent_chosen'; readonly agent_id: string }
  | { readonly type: 'question_asked'; readonly entry: OutboxEntry }
  | { readonly type: 'question_withdrawn'; readonly client_message_id: string }
  | { readonly type: 'question_retried'; readonly client_message_id: string }
  | { readonly type: 'outbox_restored'; readonly entries: Outbox }
  | { readonly type: 'wait_over'; readonly conversation_key: string }
  | { readonly type: 'stop_asked'; readonly turn_id: string }
  | { readonly type: 'stop_failed'; readonly turn_id: string }
  /** As its user asked for here: its title, its pin, read. */
  | { readonly type: 'conversation_changed'; readonly conversation: Conversation }
  | { readonly type: 'conversation_archived'; readonly conversation: Conversation }
  | { readonly type: 'conversation_deleted'; readonly conversation_id: string; readonly title: string | null }
  | { readonly type: 'conversation_restored'; readonly conversation: Conversation }
  /** The time to bring it back is over. */
  | { readonly type: 'change_settled'; readonly conversation_id: string }
  | { readonly type: 'shelf_chosen'; readonly shelf: Shelf }
  | { readonly type: 'search_typed'; readonly text: string }
  | { readonly type: 'search_answered'; readonly question: string; readonly answer: { readonly found: readonly FoundConversation[]; readonly total: number } | null }
  | { readonly type: 'search_closed' }

/** What the session does after a change. The reducer only says so. */
export type Effect =
  | { readonly type: 'send'; readonly entry: OutboxEntry }
  | { readonly type: 'resume'; readonly turn_id: string; readonly epoch: string | null; readonly after: number }
  | { readonly type: 'subscribe'; readonly conversation_id: string | null }
  | { readonly type: 'unsubscribe'; readonly conversation_id: string }
  | { readonly type: 'fetch_messages'; readonly conversation_id: string; readonly at?: Reading }
  | { readonly type: 'choose_branch'; readonly conversation_id: string; readonly message_id: string }
  | { readonly type: 'fetch_list'; readonly shelf: Shelf }
  | { readonly type: 'stop'; readonly turn_id: string }
  | { readonly type: 'wait'; readonly conversation_key: string; readonly seconds: number }
  /** The new conversation got its id: the address follows. */
  | { readonly type: 'conversation_made'; readonly key: string; readonly conversation_id: string }
  /** The open conversation was deleted here: a new one takes its place. */
  | { readonly type: 'conversation_left' }
  /** It was brought back, and nothing else was begun meanwhile. */
  | { readonly type: 'conversation_returned'; readonly conversation_id: string }
  /** The reader went on from the message that the address names. */
  | { readonly type: 'message_left'; readonly conversation_id: string }
  | { readonly type: 'search'; readonly question: string }

export interface Step {
  readonly state: ChatState
  readonly effects: readonly Effect[]
}

export function openConversation(key: string, id: string | null, messageId: string | null = null): OpenConversation {
  const sought = messageId === null ? null : { message_id: messageId }
  return { key, id, status: id === null ? 'new' : 'loading', messages: [], leaf_id: null, choosing: false, logs: {}, rev: 0, agent_id: null, stopping_turn_id: null, sought }
}

export function initialState(key: string, id: string | null, messageId: string | null = null): ChatState {
  return { connection: 'connecting', listening: false, agents: [], list: emptyList, shelf: 'current', open: openConversation(key, id, messageId), outbox: [], search: null, undoable: null }
}

export function step(state: ChatState, ...effects: readonly Effect[]): Step {
  return { state, effects }
}

export function withOpen(state: ChatState, change: Partial<OpenConversation>): ChatState {
  return { ...state, open: { ...state.open, ...change } }
}

export function withLog(state: ChatState, log: AnswerLog): ChatState {
  return withOpen(state, { logs: { ...state.open.logs, [log.turn_id]: log } })
}

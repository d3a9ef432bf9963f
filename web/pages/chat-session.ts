/**
 * The chat page without its face: it holds the state, runs the effects that the reducer asks for, and tells whoever
 * listens that the state changed. It touches no DOM, so the page and the tests drive the same thing.
 */
import type { Agent } from '#protocol/agent.ts'
import type { ServerFrame } from '#protocol/chat-frames.ts'
import type { Message } from '#protocol/message.ts'
import type { ChatSocket } from '../api/chat-socket.ts'
import type { LocalStore } from '../api/local-store.ts'
import type { ConversationChange, Rest } from '../api/rest.ts'
import { initialState, type ChatAction, type ChatState, type Connection, type Effect } from '../state/chat-state.ts'
import { findConversation, type Shelf } from '../state/conversation-list.ts'
import { newDraft, type Drafts, draftOf } from '../state/drafts.ts'
import { askedBy, conversationIdOf, newConversationKey, newEntry, questionOf, readOutbox, restored, type Asked } from '../state/outbox.ts'
import { reduce } from '../state/reduce.ts'
import type { FoundConversation } from '../state/search.ts'
import { chosenAgent, runningTurnId } from '../state/selectors.ts'
import { branchReader } from './branch-reader.ts'
import { listReader } from './list-reader.ts'

export interface ChatSessionDeps {
  readonly rest: Rest
  readonly store: LocalStore
  readonly openSocket: (on: { frame: (frame: ServerFrame) => void; lost: (how: Connection) => void }) => ChatSocket
  readonly after: (milliseconds: number, callback: () => void) => void
  readonly now: () => Date
  readonly makeId: () => string
  /** The new conversation got its id; the address bar follows. */
  readonly onMade: (conversationId: string) => void
  /** Another conversation is to be shown, a new one for null: the address goes there. */
  readonly onGo: (conversationId: string | null, messageId: string | null) => void
  /** Does somebody look at the page? */
  readonly isLookedAt: () => boolean
}

export interface ChatSession {
  readonly state: ChatState
  /** Calls back after every change, as often as there are changes. */
  onChange(listener: () => void): void
  start(): void
  /** Shows this conversation, at this message where one is named; a new one for null. */
  open(conversationId: string | null, messageId?: string | null): void
  ask(content: string): void
  /** Has the question of this answer answered once more, by another agent where one is named. */
  askAgain(answer: Message, agentId: string | null): void
  /** Asks something else in the place of this question. */
  edit(question: Message, content: string): void
  /** Shows the branch through this message. */
  chooseVersion(messageId: string): void
  /** Rejects when the server refuses. */
  rate(answer: Message, rating: 'up' | 'down' | null, reason: string): Promise<void>
  readMore(side: 'before' | 'after'): void
  readEnd(): void
  /** Takes a question back that has not left, or was refused. */
  withdraw(clientMessageId: string): void
  retry(clientMessageId: string): void
  stop(): void
  chooseAgent(id: string): void
  /** Who is asked next; null while the agents are not known. */
  nextAgent(): Agent | null
  moreConversations(): Promise<void>
  /** Gives it another title, pins or unpins it. */
  change(id: string, change: ConversationChange): Promise<void>
  archive(id: string, archived: boolean): Promise<void>
  remove(id: string): Promise<void>
  /** Brings back what was deleted or put away last. */
  undo(): Promise<void>
  /** The time to bring it back is over. */
  settleUndo(): void
  showShelf(shelf: Shelf): void
  /** Asks for another conversation on the screen; a new one for null. */
  show(conversationId: string | null, messageId: string | null): void
  /** What a search finds on the shelf of every day, without showing it. */
  find(question: string): Promise<readonly FoundConversation[]>
  /** What stands in the field of the search; null closes it. */
  search(text: string | null): void
  wake(): void
  draft(): string
  saveDraft(text: string): void
  /** Another tab changed what is stored under this key; null when it took it away. */
  storeChanged(key: string, value: string | null): void
}

export function openChatSession(deps: ChatSessionDeps, conversationId: string | null, messageId: string | null = null): ChatSession {
  const newKey = () => newConversationKey(deps.makeId())
  const listeners: (() => void)[] = []
  let state = initialState(conversationId ?? newKey(), conversationId, messageId)
  let drafts: Drafts = deps.store.drafts()
  let socket: ChatSocket | null = null
  let seen = ''
  let ratings: Promise<void> = Promise.resolve()

  function dispatch(action: ChatAction): void {
    const { state: next, effects } = reduce(state, action)
    if (next.outbox !== state.outbox) deps.store.saveOutbox(state.outbox, next.outbox)
    state = next
    for (const effect of effects) run(effect)
    for (const listener of listeners) listener()
    see()
  }

  /** What stands on the screen of somebody who looks is read. It is said once for each answer. */
  function see(): void {
    const open = findConversation(state.list, state.open.id)
    if (open === null || !open.unread || state.open.status !== 'ready' || !deps.isLookedAt() || seen === `${open.id} ${open.rev}`) return
    seen = `${open.id} ${open.rev}`
    void deps.rest.change(open.id, { unread: false }).then((conversation) => dispatch({ type: 'conversation_changed', conversation }), () => {})
  }

  const effects: { readonly [T in Effect['type']]: (effect: Extract<Effect, { type: T }>) => void } = {
    send: ({ entry }) => (entry.asks?.kind === 'again' ? socket?.send('chat.regenerate', { turn_id: entry.asks.turn_id, ...askedBy(entry) }) : socket?.send('chat.send', questionOf(entry))),
    resume: ({ turn_id, epoch, after }) => socket?.send('chat.resume', { turn_id, after, ...(epoch === null ? {} : { epoch }) }),
    subscribe: ({ conversation_id }) => socket?.send('subscribe', conversation_id === null ? {} : { conversation_id }),
    unsubscribe: ({ conversation_id }) => socket?.send('unsubscribe', { conversation_id }),
    fetch_messages: ({ conversation_id, at }) => void reader.read(conversation_id, at),
    choose_branch: ({ conversation_id, message_id }) => void reader.choose(conversation_id, message_id).catch(() => {}),
    fetch_list: ({ shelf }) => void lists.read(shelf, 1),
    stop: ({ turn_id }) => void deps.rest.stop(turn_id).catch(() => dispatch({ type: 'stop_failed', turn_id })),
    wait: ({ conversation_key, seconds }) => deps.after(seconds * 1000, () => dispatch({ type: 'wait_over', conversation_key })),
    conversation_made: ({ conversation_id }) => deps.onMade(conversation_id),
    conversation_left: () => deps.onGo(null, null),
    conversation_returned: ({ conversation_id }) => deps.onGo(conversation_id, null),
    message_left: ({ conversation_id }) => deps.onMade(conversation_id),
    search: ({ question }) => lists.searchSoon(question),
  }
  const reader = branchReader(deps.rest, () => state, dispatch)
  const lists = listReader(deps, () => state, dispatch)
  const run = (effect: Effect) => (effects[effect.type] as (effect: Effect) => void)(effect)

  const place = () => state.open.id ?? newDraft
  const nextAgentId = () => chosenAgent(state, deps.store.agent())?.id ?? null
  function send(asked: Asked): void {
    dispatch({ type: 'question_asked', entry: newEntry(deps.makeId(), state.open.key, asked, deps.now()) })
    socket?.wake()
  }
  return {
    get state() {
      return state
    },
    onChange: (listener) => void listeners.push(listener),
    start: () => {
      dispatch({ type: 'outbox_restored', entries: restored(readOutbox(deps.store.outbox()), state.open.key) })
      void lists.read('current', 1)
      void lists.readAgents()
      if (state.open.id !== null) void reader.read(state.open.id, state.open.sought ?? 'end')
      socket = deps.openSocket({
        frame: (frame) => {
          if (frame.type === 'connected' && state.agents.length === 0) void lists.readAgents()
          if (frame.type === 'connected' && state.open.status === 'failed' && state.open.id !== null) void reader.read(state.open.id, 'end')
          dispatch({ type: 'frame_received', frame })
        },
        lost: (connection) => dispatch({ type: 'connection_changed', connection }),
      })
    },
    open: (id, message = null) => {
      const other = id === null ? state.open.id !== null : id !== state.open.id
      if (other || (id !== null && message !== null)) dispatch({ type: 'conversation_opened', key: id ?? newKey(), message_id: message })
    },
    ask: (content) => {
      if (content.trim() === '') return
      // What is written where a conversation used to be begins a new one.
      if (state.open.status === 'missing') dispatch({ type: 'conversation_opened', key: newKey() })
      send({ content: content.trim(), agent_id: nextAgentId() })
    },
    askAgain: (answer, agentId) => send({ content: '', agent_id: agentId, asks: { kind: 'again', turn_id: answer.turn_id } }),
    edit: (question, content) => {
      if (content.trim() !== '') send({ content: content.trim(), agent_id: nextAgentId(), asks: { kind: 'edit', parent_id: question.parent_id } })
    },
    chooseVersion: (messageId) => dispatch({ type: 'branch_chosen', message_id: messageId }),
    rate: (answer, rating, reason) => {
      // One after the other, so that the last word is the last.
      const rated = ratings.then(async () => dispatch({ type: 'answer_rated', message: await deps.rest.rate(answer.turn_id, rating, reason) }))
      ratings = rated.catch(() => {})
      return rated
    },
    readMore: (side) => void reader.readMore(side),
    readEnd: () => {
      if (state.open.id !== null) void reader.read(state.open.id, 'end')
    },
    withdraw: (id) => dispatch({ type: 'question_withdrawn', client_message_id: id }),
    retry: (id) => dispatch({ type: 'question_retried', client_message_id: id }),
    stop: () => {
      const turnId = runningTurnId(state)
      if (turnId !== null && state.open.stopping_turn_id !== turnId) dispatch({ type: 'stop_asked', turn_id: turnId })
    },
    chooseAgent: (id) => {
      deps.store.saveAgent(id)
      dispatch({ type: 'agent_chosen', agent_id: id })
    },
    nextAgent: () => chosenAgent(state, deps.store.agent()),
    moreConversations: () => lists.readMore(),
    change: async (id, change) => dispatch({ type: 'conversation_changed', conversation: await deps.rest.change(id, change) }),
    archive: async (id, archived) => dispatch({ type: 'conversation_archived', conversation: await deps.rest.change(id, { archived }) }),
    show: (id, message) => deps.onGo(id, message),
    find: async (question) => (await deps.rest.search('current', question)).found,
    showShelf: (shelf) => dispatch({ type: 'shelf_chosen', shelf }),
    remove: async (id) => {
      // Its title is read before: the frame that takes it from the list may be faster than the answer.
      const title = findConversation(state.list, id)?.title ?? null
      await deps.rest.remove(id)
      dispatch({ type: 'conversation_deleted', conversation_id: id, title })
    },
    undo: async () => {
      const { id, change } = state.undoable ?? {}
      if (id === undefined) return
      if (change === 'deleted') dispatch({ type: 'conversation_restored', conversation: await deps.rest.restore(id) })
      else dispatch({ type: 'conversation_archived', conversation: await deps.rest.change(id, { archived: false }) })
    },
    settleUndo: () => {
      if (state.undoable !== null) dispatch({ type: 'change_settled', conversation_id: state.undoable.id })
    },
    search: (text) => dispatch(text === null ? { type: 'search_closed' } : { type: 'search_typed', text }),
    wake: () => {
      socket?.wake()
      see()
    },
    draft: () => draftOf(drafts, place()),
    saveDraft: (text) => {
      drafts = { ...drafts, [place()]: text }
      deps.store.saveDraft(place(), text)
    },
    // A question of another tab is shown here too; which of the two sends it does not matter, the id is the same.
    storeChanged: (key, value) => {
      const id = deps.store.questionIdOf(key)
      if (id === null) return
      if (value === null) return dispatch({ type: 'question_withdrawn', client_message_id: id })
      const entries = readOutbox(deps.store.outbox()).filter((entry) => entry.client_message_id === id && conversationIdOf(entry.conversation_key) !== null)
      dispatch({ type: 'outbox_restored', entries: entries.filter((entry) => !state.outbox.some((held) => held.client_message_id === id && entry !== held)) })
    },
  }
}

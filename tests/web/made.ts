/** Frames, messages and conversations as the server makes them, for the page's tests. */
import type { ServerFrame, ServerFramePayload, ServerFrameType } from '#protocol/chat-frames.ts'
import type { Conversation } from '#protocol/conversation.ts'
import type { BranchMessage } from '#protocol/message.ts'
import type { ChatDelta, TurnEvent } from '#protocol/turn-events.ts'
import { initialState, type ChatAction, type ChatState, type Effect } from '../../web/state/chat-state.ts'
import type { OutboxEntry } from '../../web/state/outbox.ts'
import { reduce } from '../../web/state/reduce.ts'

const moment = '2026-11-20T09:32:17.000Z'
export const ids = { conversation_id: 'c_1', turn_id: 't_1', response_id: 'm_2', epoch: 'e1' }

export function frame<T extends ServerFrameType>(type: T, payload: ServerFramePayload<T>): ServerFrame {
  return { type, id: 'f_1', timestamp: moment, payload } as ServerFrame
}

export function delta(seq: number, text: string, more: Partial<ChatDelta> = {}): TurnEvent & { type: 'chat.delta' } {
  return { type: 'chat.delta', payload: { ...ids, seq, delta: text, index: seq, kind: 'text', ...more } }
}

const closing = {
  provider: 'anthropic',
  model: 'claude-haiku-4-5',
  requested_model: null,
  token_count: 2,
  usage: { input: 10, cached_input: null, output: 2, reasoning: null, estimated: false },
  cost: null,
  confidence: null,
  receipt_id: 'r_1',
  reasoning_ms: null,
  total_ms: 900,
}

export function done(seq: number, content: string, more: Partial<ServerFramePayload<'chat.done'>> = {}): TurnEvent & { type: 'chat.done' } {
  return { type: 'chat.done', payload: { ...ids, ...closing, seq, outcome: 'completed', content, ...more } }
}

export function failed(seq: number): TurnEvent & { type: 'chat.failed' } {
  const failure = { code: 'provider_cut', message: 'The provider cut off before the end.', retryable: true } as const
  return { type: 'chat.failed', payload: { ...ids, ...closing, seq, outcome: 'interrupted', ...failure } }
}

export function accepted(clientMessageId: string, more: Partial<ServerFramePayload<'chat.accepted'>> = {}): ServerFrame {
  return frame('chat.accepted', { ...ids, message_id: 'm_1', client_message_id: clientMessageId, ...more })
}

export function message(id: string, more: Partial<BranchMessage> = {}): BranchMessage {
  const role = more.role ?? 'assistant'
  return {
    id,
    conversation_id: 'c_1',
    parent_id: null,
    version: 1,
    role,
    agent_id: 'Nexus',
    turn_id: 't_1',
    client_message_id: null,
    parts: [],
    content: '',
    outcome: null,
    failure: null,
    receipt: null,
    rating: null,
    sibling_ids: [id],
    created_at: moment,
    ...more,
  }
}

export function conversation(id: string, more: Partial<Conversation> = {}): Conversation {
  return {
    id, title: id, agent_id: 'Nexus', memory_mode: 'persistent', archived: false, pinned: false, unread: false, running_turn_id: null, leaf_id: null, rev: 1,
    created_at: moment, updated_at: moment, ...more,
  }
}

export function entry(id: string, key: string, more: Partial<OutboxEntry> = {}): OutboxEntry {
  return { client_message_id: id, conversation_key: key, content: `question ${id}`, agent_id: null, asked_at: moment, sent: 0, state: 'queued', problem: null, ...more }
}

/** Runs actions one after the other and keeps every effect they asked for. */
export function play(state: ChatState, ...actions: readonly ChatAction[]): { readonly state: ChatState; readonly effects: readonly Effect[] } {
  const effects: Effect[] = []
  for (const action of actions) {
    const step = reduce(state, action)
    state = step.state
    effects.push(...step.effects)
  }
  return { state, effects }
}

export const received = (heard: ServerFrame): ChatAction => ({ type: 'frame_received', frame: heard })
export const row = (event: TurnEvent): ChatAction => received(frame(event.type, event.payload as never))
export const connected = received(frame('connected', { user_id: 'local', protocol: 'parley.v2', server_time: moment }))
export const asked = (id: string, key: string): ChatAction => ({ type: 'question_asked', entry: entry(id, key) })

/** Conversation c_1 open and loaded, online, with one running turn t_1 that has no rows yet. */
export function answering(): ChatState {
  const messages = [message('m_1', { role: 'user', content: 'Hello?' }), message('m_2', { parent_id: 'm_1' })]
  const resumed = received(frame('chat.resumed', { turn_id: 't_1', epoch: 'e1', recovered: true, after: 0, last: 0 }))
  return play(initialState('c_1', 'c_1'), connected, { type: 'messages_fetched', conversation: conversation('c_1'), messages }, resumed).state
}

export const typesOf = (effects: readonly Effect[]): readonly string[] => effects.map((effect) => effect.type)

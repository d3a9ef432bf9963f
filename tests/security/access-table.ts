/**
 * Who gets what: one row for each route and each client frame. A route or a frame without a row fails the build, and so does a
 * row whose route is gone. `names` lists every field of its schemas that looks like an id: a new one fails until it is thought of.
 */
import type { ThingIds } from './world.ts'

/**
 * open: answered without sign-in, and the same to all. own: it lists or makes only what is the actor's. conversation, turn: it
 * names one by `:id`, and to anyone but the owner it is not there.
 */
export type Access = 'open' | 'own' | 'conversation' | 'turn'

export interface RouteRow {
  readonly access: Access
  /** What the owner gets; for an open route, what all get. */
  readonly status: number
  readonly names: readonly string[]
  readonly body?: Readonly<Record<string, unknown>>
  /** More ways to ask it: with cursors into the thing, in the address and in a header. */
  readonly variants?: readonly ((ids: ThingIds) => { readonly query?: string; readonly headers?: Readonly<Record<string, string>> })[]
}

/** `{chat}` stands for each prefix of the chat routes. HEAD is asked wherever GET is. */
export const routeRows: Readonly<Record<string, RouteRow>> = {
  'GET /openapi.json': { access: 'open', status: 200, names: [] },
  'GET /api/health': { access: 'open', status: 200, names: [] },
  'GET /readyz': { access: 'open', status: 200, names: [] },
  'GET /metrics': { access: 'open', status: 200, names: [] },
  'GET /': { access: 'open', status: 302, names: [] },
  'GET /chat': { access: 'open', status: 200, names: [] },
  'GET /chat/*': { access: 'open', status: 200, names: [] },
  'GET /frames/diagram': { access: 'open', status: 200, names: [] },
  'GET /assets/page.js': { access: 'open', status: 200, names: [] },
  'GET /api/v1/agents': { access: 'own', status: 200, names: [] },
  'GET /api/v1/models': { access: 'own', status: 200, names: [] },
  'GET {chat}/conversations': { access: 'own', status: 200, names: [], variants: [() => ({ query: '?search=heliotrope' })] },
  'POST {chat}/conversations': { access: 'own', status: 201, names: ['agent_id'], body: { title: 'Begun' } },
  'GET {chat}/conversations/:id': { access: 'conversation', status: 200, names: ['id'] },
  'PATCH {chat}/conversations/:id': { access: 'conversation', status: 200, names: ['id', 'leaf_id'], body: { title: 'Changed', archived: true } },
  'DELETE {chat}/conversations/:id': { access: 'conversation', status: 204, names: ['id'] },
  'POST {chat}/conversations/:id/restore': { access: 'conversation', status: 200, names: ['id'] },
  'GET {chat}/conversations/:id/messages': {
    access: 'conversation', status: 200, names: ['id'], variants: [() => ({ query: '?page=1&per_page=100' })],
  },
  'POST {chat}/conversations/:id/messages': {
    access: 'conversation', status: 200, names: ['agent_id', 'client_message_id', 'id', 'parent_id'], body: { content: 'Hello', model: 'openai/sim-t1' },
  },
  'GET {chat}/conversations/:id/branch': {
    access: 'conversation', status: 200, names: ['after', 'around', 'before', 'id'],
    variants: [({ answer }) => ({ query: `?around=${answer}` }), ({ answer }) => ({ query: `?before=${answer}` }), ({ question }) => ({ query: `?after=${question}` })],
  },
  'GET {chat}/turns/:id': { access: 'turn', status: 200, names: ['id'] },
  'GET {chat}/turns/:id/events': {
    access: 'turn', status: 200, names: ['after', 'epoch', 'id'],
    variants: [
      ({ epoch }) => ({ query: `?epoch=${epoch}&after=1` }),
      () => ({ query: '?epoch=elsewhere&after=1' }),
      ({ epoch }) => ({ headers: { 'last-event-id': `${epoch}:1` } }),
      () => ({ headers: { 'last-event-id': 'of another life' } }),
    ],
  },
  'POST {chat}/turns/:id/stop': { access: 'turn', status: 200, names: ['id'] },
  'POST {chat}/turns/:id/regenerate': { access: 'turn', status: 200, names: ['agent_id', 'client_message_id', 'id'], body: { model: 'openai/sim-t1' } },
  'POST {chat}/turns/:id/edit': {
    access: 'turn', status: 200, names: ['agent_id', 'client_message_id', 'id'], body: { content: 'Hello', model: 'openai/sim-t1' },
  },
  'POST {chat}/turns/:id/rating': { access: 'turn', status: 200, names: ['id'], body: { rating: 'up', reason: 'Short' } },
  'GET {chat}/turns/:id/receipt': { access: 'turn', status: 200, names: ['id'] },
}

export interface FrameRow {
  readonly names: readonly string[]
  /** The frame that asks for the thing with these ids; several where several ways lead to it. */
  readonly asks: readonly ((ids: ThingIds) => Readonly<Record<string, unknown>> | undefined)[]
  /** The type of the frame that answers the owner; null: it is done in silence. */
  readonly owner: string | null
  /** Whoever is not the owner hears not_found; own: it never touches what is another's; silent: it is done, and nothing is said. */
  readonly stranger: 'not_found' | 'own' | 'silent'
}

/** For each socket wire its client frames. */
export const frameRows: Readonly<Record<string, Readonly<Record<string, FrameRow>>>> = {
  '/ws/v2/chat': {
    auth: { names: [], asks: [], owner: 'connected', stranger: 'own' },
    ping: { names: [], asks: [() => undefined, () => ({})], owner: 'pong', stranger: 'own' },
    'chat.send': {
      names: ['agent_id', 'client_message_id', 'conversation_id', 'parent_id'], owner: 'chat.accepted', stranger: 'not_found',
      asks: [
        ({ conversation }) => ({ conversation_id: conversation, content: 'Hello', model: 'openai/sim-t1' }),
        ({ conversation, answer }) => ({ conversation_id: conversation, parent_id: answer, content: 'Hello', model: 'openai/sim-t1' }),
      ],
    },
    'chat.regenerate': {
      names: ['agent_id', 'client_message_id', 'turn_id'], owner: 'chat.accepted', stranger: 'not_found',
      asks: [({ turn }) => ({ turn_id: turn, model: 'openai/sim-t1' })],
    },
    'chat.resume': {
      names: ['after', 'epoch', 'turn_id'], owner: 'chat.resumed', stranger: 'not_found',
      asks: [
        ({ turn }) => ({ turn_id: turn, after: 0 }),
        ({ turn, epoch }) => ({ turn_id: turn, epoch, after: 1 }),
        ({ turn }) => ({ turn_id: turn, epoch: 'elsewhere', after: 1 }),
      ],
    },
    'chat.stop': { names: ['turn_id'], asks: [({ turn }) => ({ turn_id: turn })], owner: null, stranger: 'not_found' },
    subscribe: {
      names: ['conversation_id'], owner: 'subscribed', stranger: 'not_found', asks: [({ conversation }) => ({ conversation_id: conversation })],
    },
    unsubscribe: { names: ['conversation_id'], asks: [({ conversation }) => ({ conversation_id: conversation })], owner: null, stranger: 'silent' },
  },
  '/ws/{session_id}': {
    chat: {
      names: ['agent_id', 'client_message_id'], owner: 'ws:chat_stream_end', stranger: 'own',
      asks: [({ clientMessage }) => ({ message: 'Hello', model: 'openai/sim-t1', client_message_id: `${clientMessage}-chat` })],
    },
    'chat.message': {
      names: ['agent_id', 'client_message_id'], owner: 'ws:chat_stream_end', stranger: 'own',
      asks: [({ clientMessage }) => ({ text: 'Hello', model: 'openai/sim-t1', client_message_id: `${clientMessage}-message` })],
    },
  },
}

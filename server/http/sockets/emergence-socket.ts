/** `WS /ws/{session_id}`: the wire of ÉMERGENCE's plan, over the same turns. */
import type { WebSocket } from 'ws'
import {
  EmergenceClientFrame, emergenceClientFrames, type EmergenceServerFramePayload, type EmergenceServerFrameType,
} from '#protocol/emergence-frames.ts'
import type { Question } from '#protocol/message.ts'
import type { TurnEvent } from '#protocol/turn-events.ts'
import type { OpenedTurn } from '../../store/store.ts'
import type { Credentials, User } from '../../tenants/identity.ts'
import { askAll } from '../../turn/ask-all.ts'
import type { AskedQuestion } from '../../turn/open-turn.ts'
import { resumeTurn } from '../../turn/resume-turn.ts'
import { askQuestion } from '../../turn/run-turn.ts'
import { toAskedQuestion } from '../asked-question.ts'
import type { HttpDeps } from '../http-deps.ts'
import { parseJson } from '../json-text.ts'
import { acceptedTurn } from '../opened-turn.ts'
import { ProblemError } from '../problem.ts'
import { signedIn } from '../sign-in.ts'
import { validated } from '../validation.ts'
import { plannedModel, streamEnd, streamStart, toChunk } from './emergence-events.ts'
import { FollowedTurns } from './followed-turns.ts'
import { SignedInSocket, type OpenSocket } from './signed-in-socket.ts'
import { SocketConnection } from './socket-connection.ts'
import { socketTexts } from './socket-texts.ts'
import { toSocketError } from './socket-error.ts'

/** Messages of a restored session, the newest. */
const restoredMessages = 200
/** Asks every agent, one after the other. */
const everyone = 'global'

export class EmergenceSocket implements OpenSocket {
  readonly #deps: HttpDeps
  readonly #sessionId: string
  readonly #connection: SocketConnection
  readonly #signIn: SignedInSocket
  readonly #followed: FollowedTurns
  /** What was sent of each running answer, for its end. */
  readonly #answers = new Map<string, { agentId: string; model: string; text: string }>()

  constructor(deps: HttpDeps, socket: WebSocket, credentials: Credentials, sessionId: string) {
    this.#deps = deps
    this.#sessionId = sessionId
    this.#connection = new SocketConnection(socket, { clock: deps.turns.clock, events: deps.turns.events }, {
      frame: (text) => this.#frame(text),
      binary: () => this.#sendError(new ProblemError('malformed')),
      writable: () => this.#followed.resume(),
      idleSoon: (seconds) => this.#notify('inactivity_warning', seconds),
      closed: () => this.#closed(),
    })
    this.#followed = new FollowedTurns({ ready: () => this.#connection.ready, event: (event) => this.#show(event) })
    this.#signIn = new SignedInSocket(
      deps, this.#connection, credentials,
      (user) => void this.#established(user).catch((error: unknown) => this.#sendError(error)),
      (error) => this.#sendError(error),
    )
  }

  moving(): void {
    this.#notify('moving', null)
  }

  close(code: number): void {
    this.#connection.close(code)
  }

  /** Nothing is sent before the sign-in is checked; then the session, and what it holds already. */
  async #established(user: User): Promise<void> {
    const { store } = this.#deps.turns
    const conversationId = await store.findSessionConversation(user, this.#sessionId)
    this.#send('ws:session_established', { session_id: this.#sessionId, thread_id: conversationId })
    if (conversationId === null) return
    const counted = await store.listMessages(user, conversationId, { page: 1, perPage: 1 })
    const total = counted?.total ?? 0
    const pages = Math.max(1, Math.ceil(total / restoredMessages))
    const older = pages > 1 ? await store.listMessages(user, conversationId, { page: pages - 1, perPage: restoredMessages }) : null
    const newest = await store.listMessages(user, conversationId, { page: pages, perPage: restoredMessages })
    const messages = [...(older?.items ?? []), ...(newest?.items ?? [])].filter((message) => message.role === 'user' || message.outcome !== null).slice(-restoredMessages)
    this.#send('ws:session_restored', {
      session_id: this.#sessionId, thread_id: conversationId, history_count: messages.length,
      messages: messages.map(({ id, role, content, agent_id, created_at }) => ({ id, role, content, agent_id, created_at })),
    })
    const conversation = await store.findConversation(user, conversationId)
    if (conversation?.running_turn_id) await this.#follow(user, conversation.running_turn_id)
  }

  async #frame(text: string): Promise<void> {
    try {
      const frame = validated(EmergenceClientFrame, parseJson(text))
      this.#deps.turns.events.frameReceived(frame.type)
      const user = await signedIn(this.#deps.identity, this.#signIn.credentials)
      this.#deps.limits.countRequest(user)
      const body = frame.data ?? frame.payload ?? {}
      if (frame.type === 'chat') {
        const { message, ...rest } = validated(emergenceClientFrames.chat, body)
        await this.#ask(user, { ...rest, content: message })
      } else if (frame.type === 'chat.message') {
        const { text: words, ...rest } = validated(emergenceClientFrames['chat.message'], body)
        await this.#ask(user, { ...rest, content: words })
      } else {
        throw new ProblemError('invalid', { errors: [{ path: 'type', message: 'there is no such frame' }] })
      }
    } catch (error) {
      this.#sendError(error)
    }
  }

  async #ask(user: User, { content, agent_id, model, temperature, use_rag, client_message_id }: Question): Promise<void> {
    const question: Question = { content, model, temperature, use_rag, client_message_id }
    const conversationId = await this.#deps.turns.store.findSessionConversation(user, this.#sessionId)
    if (agent_id?.toLowerCase() !== everyone) {
      const asked = toAskedQuestion(this.#deps, user, { ...question, agent_id }, conversationId)
      await this.#opened(user, asked, await askQuestion(this.#deps.turns, asked))
      return
    }
    const asked = toAskedQuestion(this.#deps, user, question, conversationId)
    const agentIds = this.#deps.agents.map((agent) => agent.id)
    // Not awaited: the socket goes on reading while one agent after the other answers.
    const onError = (error: unknown) => this.#sendError(error)
    void askAll(this.#deps.turns, asked, agentIds, this.#deps.isDraining, (opened) => void this.#opened(user, asked, opened).catch(onError)).catch(onError)
  }

  async #opened(user: User, asked: AskedQuestion, opened: OpenedTurn): Promise<void> {
    const turn = acceptedTurn(opened)
    if (asked.conversationId === null) {
      await this.#deps.turns.store.bindSession({ actor: asked.actor, sessionId: this.#sessionId, conversationId: turn.conversation_id })
    }
    await this.#follow(user, turn.turn_id)
  }

  async #follow(user: User, turnId: string): Promise<void> {
    const turn = await this.#deps.turns.store.findTurn(user, turnId)
    const resumed = await resumeTurn(this.#deps.turns, user, { turnId, epoch: null, after: 0 })
    if (!turn || !resumed || this.#followed.has(turnId)) return
    const model = plannedModel(this.#deps, turn)
    this.#answers.set(turn.response_id, { agentId: turn.agent_id, model: model.model, text: '' })
    this.#send('ws:chat_stream_start', streamStart(turn))
    this.#send('ws:model_info', { ...streamStart(turn), ...model })
    this.#followed.follow(resumed.followed, 0)
  }

  #show(event: TurnEvent): void {
    const answer = this.#answers.get(event.payload.response_id)
    if (!answer) return
    if (event.type === 'chat.delta') {
      if (event.payload.kind === 'reasoning') return
      answer.text += event.payload.delta
      this.#send('ws:chat_stream_chunk', toChunk(event.payload, answer.agentId))
      return
    }
    this.#answers.delete(event.payload.response_id)
    if (event.type === 'chat.failed') this.#send('ws:error', { code: event.payload.code, message: event.payload.message })
    const end = streamEnd(event, answer, this.#sessionId, this.#deps.turns.clock.now())
    if (end.meta.fallback) {
      this.#send('ws:model_fallback', {
        agent_id: answer.agentId, id: end.id, from_model: event.payload.requested_model ?? answer.model,
        to_provider: end.meta.provider ?? '', to_model: end.meta.model ?? '', reason: 'unavailable',
      })
    }
    this.#send('ws:chat_stream_end', end)
  }

  #notify(kind: 'inactivity_warning' | 'moving', remainingSeconds: number | null): void {
    this.#send('ws:system_notification', {
      notification_type: kind, message: socketTexts[kind][this.#signIn.language], remaining_seconds: remainingSeconds,
    })
  }

  #send<T extends EmergenceServerFrameType>(type: T, payload: EmergenceServerFramePayload<T>): void {
    this.#connection.send(type, JSON.stringify({ type, payload }))
  }

  #sendError(error: unknown): void {
    const { code, message } = toSocketError(error, this.#signIn.language, this.#deps.turns.events)
    this.#send('ws:error', { code, message })
  }

  #closed(): void {
    this.#followed.leaveAll()
    this.#signIn.close()
  }
}

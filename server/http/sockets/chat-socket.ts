/** `WS /ws/v2/chat`: the native wire. One table below answers every frame of protocol/chat-frames.ts. */
import { ClientFrame, clientFrameAliases, clientFrames, type ClientFrameData, type ClientFrameType, type ServerFramePayload, type ServerFrameType } from '#protocol/chat-frames.ts'
import type { WebSocket } from 'ws'
import type { BusMessage } from '../../bus/bus.ts'
import { actorKey } from '../../lib/actor.ts'
import { isoTime } from '../../lib/clock.ts'
import type { Credentials, User } from '../../tenants/identity.ts'
import { resumeTurn } from '../../turn/resume-turn.ts'
import type { AskedQuestion } from '../../turn/open-turn.ts'
import { askQuestion } from '../../turn/run-turn.ts'
import { stopTurn } from '../../turn/stop-turn.ts'
import { toAnswerAgain } from '../asked-again.ts'
import { toAskedQuestion } from '../asked-question.ts'
import type { HttpDeps } from '../http-deps.ts'
import { parseJson } from '../json-text.ts'
import { acceptedTurn } from '../opened-turn.ts'
import { ProblemError } from '../problem.ts'
import { signedIn } from '../sign-in.ts'
import { validated } from '../validation.ts'
import { eventFrame } from './event-frame.ts'
import { FollowedTurns } from './followed-turns.ts'
import { SignedInSocket, type OpenSocket } from './signed-in-socket.ts'
import { SocketConnection } from './socket-connection.ts'
import { toSocketError } from './socket-error.ts'

/** Every frame of a user. `auth` is not one of them: it says who that is. */
type Handlers = { readonly [T in Exclude<ClientFrameType, 'auth'>]: (user: User, data: ClientFrameData<T>) => Promise<void> | void }

export class ChatSocket implements OpenSocket {
  readonly #deps: HttpDeps
  readonly #connection: SocketConnection
  readonly #signIn: SignedInSocket
  readonly #followed: FollowedTurns
  readonly #conversations = new Set<string>()
  /** Client message ids of this socket's own sends under way: their turns are not joined as somebody else's. */
  readonly #sending = new Set<string>()
  #listens = false
  #signedInAs: string | null = null
  #stopListening: () => void = () => {}

  constructor(deps: HttpDeps, socket: WebSocket, credentials: Credentials) {
    this.#deps = deps
    this.#connection = new SocketConnection(socket, { clock: deps.turns.clock, events: deps.turns.events }, {
      frame: (text) => this.#frame(text),
      binary: () => this.#sendError(new ProblemError('malformed')),
      writable: () => this.#followed.resume(),
      idleSoon: (seconds) => this.#send('idle', { remaining_seconds: seconds }),
      closed: () => this.#closed(),
    })
    this.#followed = new FollowedTurns({
      ready: () => this.#connection.ready,
      event: (event) => this.#connection.send(event.type, eventFrame(event, deps.turns.clock)),
    })
    this.#signIn = new SignedInSocket(deps, this.#connection, credentials, (user) => this.#signedIn(user), (error) => this.#sendError(error))
  }

  /** The service is going away: the client should reconnect, now. */
  moving(): void {
    this.#send('moving', {})
  }

  close(code: number): void {
    this.#connection.close(code)
  }

  readonly #handlers: Handlers = {
    'chat.send': async (user, data) => {
      const { conversation_id, ...question } = data
      await this.#ask(user, toAskedQuestion(this.#deps, user, question, conversation_id ?? null))
    },

    'chat.regenerate': async (user, { turn_id, ...again }) => this.#ask(user, await toAnswerAgain(this.#deps, user, turn_id, again)),

    'chat.resume': async (user, { turn_id, epoch, after }) => {
      const resumed = await resumeTurn(this.#deps.turns, user, { turnId: turn_id, epoch: epoch ?? null, after })
      if (!resumed) throw new ProblemError('not_found', { turnId: turn_id })
      const { followed, message } = resumed
      this.#send('chat.resumed', { turn_id, epoch: followed.epoch, recovered: !message, after: resumed.after, last: followed.last, ...(message && { message }) })
      this.#followed.follow(followed, resumed.after)
    },

    'chat.stop': async (user, { turn_id }) => {
      if (!(await stopTurn(this.#deps.turns, user, turn_id))) throw new ProblemError('not_found', { turnId: turn_id })
    },

    subscribe: async (user, { conversation_id }) => {
      if (conversation_id === undefined) {
        this.#listens = true
        return this.#send('subscribed', { conversation_id: null, rev: null, running_turn_id: null })
      }
      // Listen first, then look: a turn that opens in between is met twice rather than not at all.
      this.#conversations.add(conversation_id)
      if (!(await this.#lookAt(user, conversation_id))) throw new ProblemError('not_found')
    },

    unsubscribe: (_user, { conversation_id }) => {
      if (conversation_id === undefined) this.#listens = false
      else {
        this.#conversations.delete(conversation_id)
        this.#followed.leaveConversation(conversation_id)
      }
    },

    ping: () => this.#send('pong', {}),
  }

  /** Says how a conversation stands, and joins its turn. False: it is not there any more, and no longer subscribed to. */
  async #lookAt(user: User, conversationId: string): Promise<boolean> {
    const conversation = await this.#deps.turns.store.findConversation(user, conversationId)
    if (!conversation) return this.#conversations.delete(conversationId) && false
    this.#send('subscribed', { conversation_id: conversationId, rev: conversation.rev, running_turn_id: conversation.running_turn_id })
    if (conversation.running_turn_id !== null) await this.#join(user, conversation.running_turn_id)
    return true
  }

  /** Word of changes elsewhere may have been lost. The client is told how each subscription stands, as when it began. */
  async #subscribeAgain(user: User): Promise<void> {
    if (this.#signedInAs !== actorKey(user)) return
    if (this.#listens) this.#send('subscribed', { conversation_id: null, rev: null, running_turn_id: null })
    for (const conversationId of [...this.#conversations]) await this.#lookAt(user, conversationId)
  }

  async #ask(user: User, question: AskedQuestion): Promise<void> {
    const { turns } = this.#deps
    this.#sending.add(question.clientMessageId)
    try {
      const opened = acceptedTurn(await askQuestion(turns, question))
      const resumed = await resumeTurn(turns, user, { turnId: opened.turn_id, epoch: null, after: 0 })
      this.#send('chat.accepted', { ...opened, epoch: turns.store.epoch })
      this.#send('typing', { conversation_id: opened.conversation_id })
      if (resumed && !this.#followed.has(opened.turn_id)) this.#followed.follow(resumed.followed, 0)
    } finally {
      this.#sending.delete(question.clientMessageId)
    }
  }

  async #frame(text: string): Promise<void> {
    let frame: { type: string; data?: unknown } = { type: '' }
    try {
      frame = validated(ClientFrame, parseJson(text))
      const type = clientFrameAliases[frame.type] ?? frame.type
      this.#deps.turns.events.frameReceived(type)
      if (!isClientFrameType(type)) throw new ProblemError('invalid', { errors: [{ path: 'type', message: 'there is no such frame' }] })
      const data = validated(clientFrames[type], frame.data ?? {})
      if (type === 'auth') return await this.#signIn.use((data as ClientFrameData<'auth'>).token)
      const user = await signedIn(this.#deps.identity, this.#signIn.credentials)
      if (type !== 'ping') this.#deps.limits.countRequest(user)
      await (this.#handlers[type] as (user: User, data: unknown) => Promise<void> | void)(user, data)
    } catch (error) {
      this.#sendError(error, frame.data)
    }
  }

  #signedIn(user: User): void {
    const { clock, bus } = this.#deps.turns
    if (this.#signedInAs !== actorKey(user)) this.#forget()
    this.#signedInAs = actorKey(user)
    this.#stopListening()
    const failed = (error: unknown) => this.#sendError(error)
    const stopHearing = bus.subscribe(user, (message) => void this.#heard(user, message).catch(failed))
    const stopMinding = bus.onGap(() => void this.#subscribeAgain(user).catch(failed))
    this.#stopListening = () => {
      stopHearing()
      stopMinding()
    }
    this.#send('connected', { user_id: user.userId, protocol: 'parley.v2', server_time: isoTime(clock.now()) })
  }

  /** What was followed and heard belongs to whoever was signed in before. */
  #forget(): void {
    this.#followed.leaveAll()
    this.#conversations.clear()
    this.#listens = false
  }

  /** A turn opened, or a conversation changed, in another tab, on another wire or here. */
  async #heard(user: User, message: BusMessage): Promise<void> {
    if (message.kind === 'turn-opened') {
      if (this.#conversations.has(message.conversationId)) await this.#join(user, message.turnId)
    } else if (this.#listens) {
      const conversation = await this.#deps.turns.store.findConversation(user, message.conversationId)
      if (this.#signedInAs === actorKey(user)) this.#send('conversation', { conversation_id: message.conversationId, change: message.change, conversation })
    }
  }

  /** Follows a turn that was opened elsewhere, from its first row, unless this socket follows it already. */
  async #join(user: User, turnId: string): Promise<void> {
    const turn = await this.#deps.turns.store.findTurn(user, turnId)
    const resumed = await resumeTurn(this.#deps.turns, user, { turnId, epoch: null, after: 0 })
    if (!turn || !resumed || this.#followed.has(turnId) || this.#sending.has(turn.client_message_id) || this.#signedInAs !== actorKey(user)) return
    const { conversation_id, message_id, response_id, epoch, client_message_id } = turn
    this.#send('chat.accepted', { conversation_id, turn_id: turnId, message_id, response_id, epoch, client_message_id })
    this.#followed.follow(resumed.followed, 0)
  }

  #send<T extends ServerFrameType>(type: T, payload: ServerFramePayload<T>): void {
    const { clock, makeId } = this.#deps.turns
    const now = clock.now()
    this.#connection.send(type, JSON.stringify({ type, id: makeId('f', now), timestamp: isoTime(now), payload }))
  }

  #sendError(error: unknown, data?: unknown): void {
    const socketError = toSocketError(error, this.#signIn.language, this.#deps.turns.events)
    const clientMessageId = (data as { client_message_id?: unknown } | undefined)?.client_message_id
    this.#send('error', { ...socketError, ...(typeof clientMessageId === 'string' && { client_message_id: clientMessageId }) })
  }

  #closed(): void {
    this.#stopListening()
    this.#followed.leaveAll()
    this.#signIn.close()
  }
}

function isClientFrameType(type: string): type is ClientFrameType {
  return Object.hasOwn(clientFrames, type)
}

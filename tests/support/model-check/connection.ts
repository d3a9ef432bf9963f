/** One connection of a tab: a real WebSocket client over a wire. It checks that the server keeps to the protocol on this socket. */
import type { ServerFrame, ServerFramePayload } from '#protocol/chat-frames.ts'
import type { TurnEvent } from '#protocol/turn-events.ts'
import { WebSocket } from 'ws'
import type { Ask, Journal } from './journal.ts'
import type { View } from './view.ts'
import { Wire } from './wire.ts'

/** The page behind a connection. */
export interface Page {
  readonly user: string
  readonly journal: Journal
  /** True once a write was refused for want of room. */
  readonly diskWasFull: boolean
  viewOf(turnId: string): View
  /** Notes what is wrong, if anything is. */
  complain(complaint: string | null): void
}

interface SentResume {
  readonly turnId: string
  readonly epoch: string | undefined
  readonly after: number
  /** Whether the cursor is one that this page really reached in the present life of the log. */
  readonly good: boolean
}

export class Connection {
  readonly wire: Wire
  readonly #page: Page
  readonly #socket: WebSocket
  #ready = false
  /** Which seqs may come next, by turn. None: the turn is not followed here. */
  readonly #next = new Map<string, readonly number[]>()
  /** Conversations that were unsubscribed: what is on its way may still come, and no more is promised. */
  readonly #left = new Set<string>()
  readonly #sends: { readonly ask: Ask; readonly content: string }[] = []
  readonly #resumes: SentResume[] = []
  readonly #stops: string[] = []
  #intrusions = 0
  #accepted: ServerFramePayload<'chat.accepted'> | null = null

  constructor(page: Page, onActivity: () => void) {
    this.#page = page
    this.wire = new Wire(onActivity)
    this.#socket = new WebSocket('ws://model-check/ws/v2/chat', {
      createConnection: (() => this.wire.client) as never, headers: { authorization: `Bearer ${page.user}` }, perMessageDeflate: false,
    })
    this.#socket.on('error', () => {})
    this.#socket.on('message', (data) => this.#frame(JSON.parse((data as Buffer).toString()) as ServerFrame))
  }

  get open(): boolean {
    return this.#ready && this.#socket.readyState === WebSocket.OPEN
  }

  /** Turns of which this connection was promised every event and has not had the last. */
  get followed(): readonly string[] {
    return [...this.#next.keys()].filter((turnId) => !this.#left.has(this.#page.journal.turns.get(turnId)!.conversationId))
  }

  /** What the server owes this connection when all is quiet. */
  get owed(): readonly string[] {
    if (!this.open || this.wire.held) return []
    return [
      ...this.#sends.map(({ ask }) => `no reply to the message ${ask.clientMessageId}`),
      ...this.#resumes.map(({ turnId }) => `no reply to the resume of ${turnId}`),
      ...(this.#intrusions > 0 ? [`no refusal of another user's frame`] : []),
    ]
  }

  /** Turns whose stop the server has surely read when all is quiet. */
  get stopped(): readonly string[] {
    return this.open && !this.wire.held ? this.#stops : []
  }

  send(ask: Ask, content: string): void {
    ask.contents.add(content)
    this.#sends.push({ ask, content })
    this.#write('chat.send', { content, client_message_id: ask.clientMessageId, conversation_id: ask.conversationId })
  }

  resume(resume: SentResume): void {
    this.#resumes.push(resume)
    this.#write('chat.resume', { turn_id: resume.turnId, epoch: resume.epoch, after: resume.after })
  }

  stop(turnId: string): void {
    this.#stops.push(turnId)
    this.#write('chat.stop', { turn_id: turnId })
  }

  /** Asks for a turn of somebody else; only a refusal may come back. */
  intrude(type: 'chat.resume' | 'chat.stop', turnId: string): void {
    this.#intrusions += 1
    this.#write(type, { turn_id: turnId, ...(type === 'chat.resume' && { after: 0 }) })
  }

  subscribe(conversationId: string | undefined): void {
    this.#write('subscribe', { conversation_id: conversationId })
  }

  unsubscribe(conversationId: string): void {
    this.#left.add(conversationId)
    this.#write('unsubscribe', { conversation_id: conversationId })
  }

  cut(): void {
    this.#ready = false
    this.wire.cut()
  }

  #write(type: string, data: object): void {
    this.#socket.send(JSON.stringify({ type, data }))
  }

  #frame(frame: ServerFrame): void {
    if (frame.type === 'connected') this.#ready = true
    else if (frame.type === 'chat.accepted') this.#announced(frame.payload)
    else if (frame.type === 'typing') this.#acknowledged()
    else if (frame.type === 'chat.resumed') this.#resumed(frame.payload)
    else if (frame.type === 'error') this.#refused(frame.payload)
    else if (frame.type === 'chat.delta' || frame.type === 'chat.done' || frame.type === 'chat.failed') this.#event(frame)
  }

  /** A turn begins to be followed, or goes on being followed: of its own accord the server sends nothing twice. */
  #announced(accepted: ServerFramePayload<'chat.accepted'>): void {
    this.#page.complain(this.#page.journal.announced(this.#page.user, accepted))
    this.#accepted = accepted
    this.#next.set(accepted.turn_id, [1, ...(this.#next.get(accepted.turn_id) ?? [])])
  }

  /** `typing` follows the acknowledgement of what this connection sent, and no other `chat.accepted`. */
  #acknowledged(): void {
    const at = this.#sends.findIndex(({ ask }) => ask.clientMessageId === this.#accepted?.client_message_id)
    if (at < 0) return this.#page.complain(`[I4] an acknowledgement of ${this.#accepted?.client_message_id}, which was not waited for`)
    const [{ ask, content }] = this.#sends.splice(at, 1) as [{ ask: Ask; content: string }]
    const isOther = ask.acknowledged !== null && ask.acknowledged !== content
    if (isOther) this.#page.complain(`[I4] ${ask.clientMessageId} was acknowledged with two contents`)
    ask.acknowledged = content
  }

  #resumed({ turn_id: turnId, epoch, recovered, after, last, message }: ServerFramePayload<'chat.resumed'>): void {
    const sent = this.#resumes.shift()
    if (sent?.turnId !== turnId) return this.#page.complain(`[I7] ${turnId} was resumed, and ${sent?.turnId} was asked for`)
    if (sent.good !== recovered) {
      const done = recovered ? 'taken' : 'refused'
      this.#page.complain(`[I3] the cursor (${sent.epoch}, ${sent.after}) of ${turnId} was ${done}; the log is (${epoch}, ${last})`)
    }
    const view = this.#page.viewOf(turnId)
    if (recovered && after !== sent.after) this.#page.complain(`[I3] ${turnId} goes on after ${after} instead of ${sent.after}`)
    if (message) this.#page.complain(view.reset(after, epoch, message))
    this.#next.set(turnId, [after + 1])
  }

  #refused({ code, client_message_id: clientMessageId }: ServerFramePayload<'error'>): void {
    if (clientMessageId === undefined) return this.#refusedIntrusion(code)
    const at = this.#sends.findIndex(({ ask }) => ask.clientMessageId === clientMessageId)
    if (at < 0) return this.#page.complain(`[I4] an error ${code} for ${clientMessageId}, which was not waited for`)
    const [{ ask, content }] = this.#sends.splice(at, 1) as [{ ask: Ask; content: string }]
    const mayBe = code === 'turn_running' || (code === 'disk_full' && this.#page.diskWasFull) ||
      (code === 'client_message_id_reused' && ask.contents.size > 1 && ask.acknowledged !== content)
    if (!mayBe) this.#page.complain(`[I4] ${clientMessageId} was refused with ${code}`)
  }

  #refusedIntrusion(code: string): void {
    if (code === 'not_found' && this.#intrusions > 0) this.#intrusions -= 1
    else this.#page.complain(`[I1] an error ${code} that nothing asked for`)
  }

  #event(event: TurnEvent): void {
    const { turn_id: turnId, seq } = event.payload
    const owner = this.#page.journal.turns.get(turnId)?.user
    if (owner !== this.#page.user) return this.#page.complain(`[I7] an event of ${turnId} of ${owner} came to ${this.#page.user}`)
    const next = this.#next.get(turnId)
    if (!next?.includes(seq)) this.#page.complain(`[I2] seq ${seq} of ${turnId} came where ${next?.join(' or ') ?? 'nothing'} was due`)
    if (event.type === 'chat.delta') this.#next.set(turnId, [seq + 1])
    else this.#next.delete(turnId)
    this.#page.complain(this.#page.viewOf(turnId).event(event))
  }
}

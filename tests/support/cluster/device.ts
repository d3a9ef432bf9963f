import type { ServerFrame } from '#protocol/chat-frames.ts'
import { WebSocket } from 'ws'
import type { TurnEvent } from '#protocol/turn-events.ts'
import type { Accepted, History, Seen } from './history.ts'
import { WaitedInVain } from './waited-in-vain.ts'

/** Where a device is in a turn. */
interface Place {
  epoch: string
  last: number
  terminal: TurnEvent | null
}

interface Sent {
  readonly content: string
  readonly [option: string]: unknown
}

export interface DeviceOptions {
  readonly token: string
  readonly name: string
  readonly url: () => string
  readonly history: History
  readonly random: () => number
  /** Milliseconds a device waits for what must come, where nothing else is said. */
  readonly patienceMs: () => number
  /** It connects again as soon as it is told that its node goes away, as the page does. */
  readonly movesOn?: boolean
}

/** Milliseconds a device waits at most before it connects again. */
const reconnectMs = 30

/**
 * A tab as it should behave: it keeps what was not acknowledged, connects again when it is cut, and goes on in each turn
 * from the last row it has. It writes down all that it sees.
 */
export class Device {
  readonly token: string
  readonly name: string
  readonly #options: DeviceOptions
  #socket: WebSocket | null = null
  #connection = 0
  #ready = false
  #left = false
  readonly #unacknowledged = new Map<string, Sent>()
  readonly #accepted = new Map<string, Accepted>()
  readonly #refused = new Map<string, string>()
  readonly #places = new Map<string, Place>()
  readonly #waiting = new Set<() => void>()
  readonly closeCodes: number[] = []
  /** How long it took each time from a lost connection to the next one, in milliseconds. */
  readonly backMs: number[] = []
  #lostAt: number | null = null
  /** Told that this node drains. */
  moved = false
  /** Events so far, of all turns. */
  events = 0
  /** Called for each event; a test may cut the device there. */
  onEvent: (event: TurnEvent) => void = () => {}

  constructor(options: DeviceOptions) {
    this.#options = options
    this.token = options.token
    this.name = options.name
  }

  async connect(): Promise<this> {
    if (!this.#socket) this.#open()
    await this.until(() => this.#ready || undefined, `${this.name} to connect`)
    return this
  }

  /** Sends, and sends again over whatever connection there is, until it is acknowledged. Rejects with the code of a refusal. */
  async ask(clientMessageId: string, question: Sent): Promise<Accepted> {
    this.send(clientMessageId, question)
    return this.acknowledged(clientMessageId)
  }

  send(clientMessageId: string, question: Sent, flushed?: () => void): void {
    this.#accepted.delete(clientMessageId)
    this.#refused.delete(clientMessageId)
    this.#unacknowledged.set(clientMessageId, question)
    this.#add({ kind: 'sent', clientMessageId, content: question.content })
    if (this.#ready) this.#write('chat.send', { client_message_id: clientMessageId, ...question }, flushed)
  }

  acknowledged(clientMessageId: string): Promise<Accepted> {
    return this.until(() => {
      const refused = this.#refused.get(clientMessageId)
      if (refused !== undefined) throw new Error(refused)
      return this.#accepted.get(clientMessageId)
    }, `the acknowledgement of ${clientMessageId}`)
  }

  /** Takes up a turn that another device began; from then on it is kept up over reconnections. */
  follow(turnId: string, cursor: { readonly epoch?: string; readonly after: number } = { after: 0 }): void {
    this.#places.set(turnId, { epoch: cursor.epoch ?? '', last: cursor.after, terminal: null })
    if (this.#ready) this.#write('chat.resume', { turn_id: turnId, ...cursor })
  }

  stop(turnId: string): void {
    this.#write('chat.stop', { turn_id: turnId })
  }

  /** Writes a frame that is no part of this device's story: nothing of it is kept. */
  probe(type: string, data: unknown): void {
    this.#write(type, data)
  }

  /** The last seq this device has of a turn. */
  position(turnId: string): number {
    return this.#places.get(turnId)?.last ?? 0
  }

  /** Resolves with a turn's terminal event once this device has it. */
  ended(turnId: string, milliseconds?: number): Promise<TurnEvent> {
    return this.until(() => this.#places.get(turnId)?.terminal ?? undefined, `the end of ${turnId}`, milliseconds)
  }

  /** Resolves when this device has this many rows of a turn, or its end. */
  async reached(turnId: string, seq: number): Promise<void> {
    const isThere = () => this.position(turnId) >= seq || this.#places.get(turnId)?.terminal != null
    await this.until(() => isThere() || undefined, `row ${seq} of ${turnId}`)
  }

  /** All turns that this device follows have ended for it, and all it sent was answered. */
  async quiet(): Promise<void> {
    const isQuiet = () => this.#unacknowledged.size === 0 && [...this.#places.values()].every((place) => place.terminal)
    await this.until(() => isQuiet() || undefined, 'quiet')
  }

  /** The network goes: nothing is said. The device comes back by itself. */
  cut(): void {
    this.#ready = false
    this.#socket?.terminate()
  }

  /** Goes away for good. */
  leave(): void {
    this.#left = true
    this.#ready = false
    this.#socket?.terminate()
  }

  /** Resolves when `look` finds something; throws what it throws, and WaitedInVain. Looked at after each frame. */
  async until<T>(look: () => T | undefined, what: string, milliseconds = this.#options.patienceMs()): Promise<T> {
    const deadline = performance.now() + milliseconds
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      const left = deadline - performance.now()
      if (left <= 0) throw new WaitedInVain(`${this.token} on ${this.name}`, milliseconds, what)
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer)
          this.#waiting.delete(wake)
          resolve()
        }
        const timer = setTimeout(wake, left)
        this.#waiting.add(wake)
      })
    }
  }

  #open(): void {
    const address = `${this.#options.url().replace(/^http/, 'ws')}/ws/v2/chat`
    const socket = new WebSocket(address, { headers: { authorization: `Bearer ${this.token}` } })
    this.#socket = socket
    this.#connection += 1
    socket.on('error', () => {})
    socket.on('message', (data) => {
      const text = (data as Buffer).toString()
      this.#options.history.receive(this.token, text)
      this.#frame(JSON.parse(text) as ServerFrame)
      for (const wake of [...this.#waiting]) wake()
    })
    socket.on('close', (code) => {
      this.closeCodes.push(code)
      this.#lostAt ??= performance.now()
      this.#ready = false
      for (const wake of [...this.#waiting]) wake()
      if (!this.#left) setTimeout(() => this.#left || this.#open(), this.#options.random() * reconnectMs)
    })
  }

  #frame(frame: ServerFrame): void {
    if (frame.type === 'connected') this.#connected()
    else if (frame.type === 'moving') this.#move()
    else if (frame.type === 'chat.accepted') this.#accept(frame.payload)
    else if (frame.type === 'chat.resumed') this.#resumed(frame.payload)
    else if (frame.type === 'chat.delta' || frame.type === 'chat.done' || frame.type === 'chat.failed') {
      this.#event({ type: frame.type, payload: frame.payload } as TurnEvent)
    } else if (frame.type === 'error') this.#refuse(frame.payload)
  }

  /** Goes on where it was: first what runs, then what was not acknowledged. */
  #connected(): void {
    this.#ready = true
    if (this.#lostAt !== null) this.backMs.push(performance.now() - this.#lostAt)
    this.#lostAt = null
    for (const [turnId, place] of this.#places) {
      if (!place.terminal) {
        this.#write('chat.resume', { turn_id: turnId, after: place.last, ...(place.epoch !== '' && { epoch: place.epoch }) })
      }
    }
    for (const [client_message_id, question] of this.#unacknowledged) this.#write('chat.send', { client_message_id, ...question })
  }

  #move(): void {
    this.moved = true
    if (this.#options.movesOn) this.cut()
  }

  #accept(accepted: Accepted): void {
    this.#add({ kind: 'accepted', accepted })
    this.#unacknowledged.delete(accepted.client_message_id)
    this.#accepted.set(accepted.client_message_id, accepted)
    if (!this.#places.has(accepted.turn_id)) this.#places.set(accepted.turn_id, { epoch: accepted.epoch, last: 0, terminal: null })
  }

  #resumed({ turn_id: turnId, epoch, recovered, after, last, message }: Extract<ServerFrame, { type: 'chat.resumed' }>['payload']): void {
    const place = this.#places.get(turnId)
    if (!place) return
    place.epoch = epoch
    if (recovered) return this.#add({ kind: 'resumed', turnId, after })
    place.last = last
    this.#add({ kind: 'whole', turnId, last, message: message! })
    // A message that is closed already has its end in itself, where the log has nothing more to say.
    if (message!.outcome !== null) place.terminal = { type: 'chat.done', payload: { turn_id: turnId } } as TurnEvent
  }

  #event(event: TurnEvent): void {
    this.#add({ kind: 'event', event })
    this.events += 1
    const { turn_id, seq, epoch } = event.payload
    const place = this.#places.get(turn_id) ?? { epoch, last: 0, terminal: null }
    this.#places.set(turn_id, place)
    place.last = seq
    if (event.type !== 'chat.delta') place.terminal = event
    this.onEvent(event)
  }

  #refuse({ code, client_message_id: clientMessageId }: Extract<ServerFrame, { type: 'error' }>['payload']): void {
    this.#add({ kind: 'refused', code, clientMessageId: clientMessageId ?? null })
    if (clientMessageId === undefined) return
    this.#unacknowledged.delete(clientMessageId)
    this.#refused.set(clientMessageId, code)
  }

  #write(type: string, data: unknown, flushed?: () => void): void {
    this.#socket?.send(JSON.stringify({ type, data }), () => flushed?.())
  }

  #add(seen: Seen): void {
    this.#options.history.add({ device: this.name, user: this.token, connection: this.#connection }, seen)
  }
}

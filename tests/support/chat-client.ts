import { once } from 'node:events'
import type { ServerFrame, ServerFramePayload, ServerFrameType } from '#protocol/chat-frames.ts'
import type { TurnEvent } from '#protocol/turn-events.ts'
import { WebSocket } from 'ws'

type FrameOf<T extends ServerFrameType> = Extract<ServerFrame, { type: T }>

/** A client of `/ws/v2/chat` that keeps every frame it got, and waits for frames it has not been asked about yet. */
export class ChatClient {
  readonly frames: ServerFrame[] = []
  readonly socket: WebSocket
  #unseen: ServerFrame[] = []
  #wake: () => void = () => {}
  closeCode: number | null = null

  constructor(url: string, options: { readonly token?: string; readonly language?: string; readonly headers?: Record<string, string> } = {}) {
    this.socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws/v2/chat`, {
      headers: {
        ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
        ...(options.language !== undefined && { 'accept-language': options.language }), ...options.headers,
      },
    })
    this.socket.on('message', (data) => {
      const frame = JSON.parse((data as Buffer).toString()) as ServerFrame
      this.frames.push(frame)
      this.#unseen.push(frame)
      this.#wake()
    })
    this.socket.on('error', () => {})
    this.socket.on('close', (code) => {
      this.closeCode = code
      this.#wake()
    })
  }

  async opened(): Promise<this> {
    if (this.socket.readyState === WebSocket.CONNECTING) await once(this.socket, 'open')
    await this.next('connected')
    return this
  }

  send(type: string, data?: unknown): void {
    this.socket.send(JSON.stringify(data === undefined ? { type } : { type, data }))
  }

  sendText(text: string): void {
    this.socket.send(text)
  }

  /** The next frame of this type that fits; frames before it are passed over. Rejects after `milliseconds`, or when the socket closes. */
  async next<T extends ServerFrameType>(type: T, fits: (payload: ServerFramePayload<T>) => boolean = () => true, milliseconds = 5000): Promise<FrameOf<T>> {
    const deadline = Date.now() + milliseconds
    for (;;) {
      const at = this.#unseen.findIndex((frame) => frame.type === type && fits(frame.payload as ServerFramePayload<T>))
      if (at >= 0) {
        const frame = this.#unseen[at]!
        this.#unseen = this.#unseen.slice(at + 1)
        return frame as FrameOf<T>
      }
      const left = deadline - Date.now()
      if (this.closeCode !== null) throw new Error(`the socket closed with ${this.closeCode} while waiting for ${type}`)
      if (left <= 0) throw new Error(`no ${type} within ${milliseconds} ms; got ${this.frames.slice(-12).map((frame) => frame.type).join(' ')}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  /** Asks, and resolves with the acknowledgement. */
  async ask(content: string, more: Record<string, unknown> = {}): Promise<ServerFramePayload<'chat.accepted'>> {
    this.send('chat.send', { content, ...more })
    return (await this.next('chat.accepted')).payload
  }

  /** Resolves with the turn's events, its terminal the last. */
  async answer(turnId: string, milliseconds = 10_000): Promise<readonly TurnEvent[]> {
    const deadline = Date.now() + milliseconds
    for (;;) {
      const events = this.events(turnId)
      if (events.at(-1) && events.at(-1)!.type !== 'chat.delta') return events
      if (Date.now() > deadline || this.closeCode !== null) throw new Error(`no terminal of ${turnId}; got ${events.length} events, close code ${this.closeCode}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  /** Every event of a turn, as it came. */
  events(turnId: string): readonly TurnEvent[] {
    return this.frames.flatMap((frame) => (isEvent(frame) && frame.payload.turn_id === turnId ? [{ type: frame.type, payload: frame.payload } as TurnEvent] : []))
  }

  async say(content: string, more: Record<string, unknown> = {}): Promise<readonly TurnEvent[]> {
    const { turn_id } = await this.ask(content, more)
    return this.answer(turn_id)
  }

  async closed(milliseconds = 5000): Promise<number> {
    if (this.closeCode === null) await Promise.race([once(this.socket, 'close'), new Promise((_, reject) => setTimeout(() => reject(new Error('the socket did not close')), milliseconds).unref())])
    return this.closeCode!
  }

  async close(): Promise<void> {
    this.socket.close()
    await this.closed()
  }
}

function isEvent(frame: ServerFrame): frame is Extract<ServerFrame, { type: TurnEvent['type'] }> {
  return frame.type === 'chat.delta' || frame.type === 'chat.done' || frame.type === 'chat.failed'
}

/** The text that the events of a turn add up to. */
export function textOf(events: readonly TurnEvent[]): string {
  return events.flatMap((event) => (event.type === 'chat.delta' && event.payload.kind === 'text' ? [event.payload.delta] : [])).join('')
}

export function seqsOf(events: readonly TurnEvent[]): readonly number[] {
  return events.map((event) => event.payload.seq)
}

/** The terminal event of a turn. Throws where there is none. */
export function terminalOf(events: readonly TurnEvent[]): Exclude<TurnEvent, { type: 'chat.delta' }> {
  const last = events.at(-1)
  if (!last || last.type === 'chat.delta') throw new Error('the turn has no terminal event')
  return last
}

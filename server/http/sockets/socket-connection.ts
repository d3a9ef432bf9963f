import type { RawData, WebSocket } from 'ws'
import { closeCodes, limits } from '#protocol/limits.ts'
import type { Clock } from '../../lib/clock.ts'
import type { BusinessEvents } from '../../telemetry/events.ts'

/** Frames that may wait to be answered; with more the socket is not read until they are. */
const waitingFrames = 32
/**
 * Answers that may wait besides what is followed. A client that reads slowly can still stop a turn; one that asks for ever and reads
 * nothing is not answered any more.
 */
const answerBytes = 64 * 1024

export interface ConnectionHandlers {
  /** One text frame. Frames are handled one after the other. Must not reject. */
  frame(text: string): Promise<void>
  /** A binary frame: nothing here speaks binary. */
  binary(): void
  /** The buffer has room again. */
  writable(): void
  /** Nothing was heard or sent for long; in so many seconds the socket closes. */
  idleSoon(remainingSeconds: number): void
  closed(): void
}

/**
 * What every socket does, whatever its wire: bounded buffering, pings, the idle close, and frames in order. A client that
 * reads too slowly is not fed: the log keeps what it misses, and after a while it is told to resume.
 */
export class SocketConnection {
  readonly #socket: WebSocket
  readonly #clock: Clock
  readonly #events: BusinessEvents
  readonly #handlers: ConnectionHandlers
  #work: Promise<void> = Promise.resolve()
  #room: PromiseWithResolvers<void> | null = null
  #waiting = 0
  #alive = true
  #slow = false
  #lastActivity: number
  #cancelPing: () => void = () => {}
  #cancelIdle: () => void = () => {}
  #cancelSlow: () => void = () => {}

  constructor(socket: WebSocket, deps: { readonly clock: Clock; readonly events: BusinessEvents }, handlers: ConnectionHandlers) {
    this.#socket = socket
    this.#clock = deps.clock
    this.#events = deps.events
    this.#handlers = handlers
    this.#lastActivity = deps.clock.monotonic()
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary))
    socket.on('ping', (data) => this.#answerPing(data))
    socket.on('pong', () => (this.#alive = true))
    socket.on('error', () => {})
    socket.on('close', (code) => this.#closed(code))
    deps.events.socketOpened()
    this.#schedulePing()
    this.#watchIdle(limits.socketIdleSeconds - limits.socketIdleWarningSeconds)
  }

  /** False while more than a mebibyte waits in the buffer. */
  get ready(): boolean {
    return this.#socket.readyState === this.#socket.OPEN && this.#socket.bufferedAmount < limits.socketBufferedBytes
  }

  get open(): boolean {
    return this.#socket.readyState === this.#socket.OPEN
  }

  /** Sends a text frame; bytes are not copied, so that many sockets can wait for the same. */
  send(type: string, text: string | Buffer): void {
    if (!this.open) return
    this.#events.frameSent(type)
    this.#lastActivity = this.#clock.monotonic()
    this.#socket.send(text, { binary: false }, () => this.#sent())
    if (!this.ready) this.#becameSlow()
  }

  close(code: number, reason = ''): void {
    this.#socket.close(code, reason)
    // A peer that never answers the close is cut off.
    this.#cancelPing()
    this.#cancelPing = this.#clock.after(5000, () => this.#socket.terminate())
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#lastActivity = this.#clock.monotonic()
    this.#waiting += 1
    if (this.#waiting >= waitingFrames) this.#socket.pause()
    const text = isBinary ? null : (data as Buffer).toString()
    this.#work = this.#work.then(() => this.#roomToAnswer()).then(() => (text === null ? this.#handlers.binary() : this.#handlers.frame(text))).finally(() => {
      this.#waiting -= 1
      this.#readOn()
    })
  }

  /** Done here and not by ws, which would let answers pile up behind a client that reads none. */
  #answerPing(data: Buffer): void {
    this.#socket.pong(data, false, () => this.#sent())
    if (this.#hasRoomToAnswer) return
    this.#becameSlow()
    this.#socket.pause()
  }

  get #hasRoomToAnswer(): boolean {
    return !this.open || this.#socket.bufferedAmount < limits.socketBufferedBytes + answerBytes
  }

  #roomToAnswer(): Promise<void> | undefined {
    if (this.#hasRoomToAnswer) return undefined
    this.#room ??= Promise.withResolvers<void>()
    return this.#room.promise
  }

  #readOn(): void {
    if (this.#socket.isPaused && this.#waiting < waitingFrames && this.#hasRoomToAnswer) this.#socket.resume()
  }

  #becameSlow(): void {
    if (this.#slow) return
    this.#slow = true
    this.#cancelSlow = this.#clock.after(limits.socketSlowSeconds * 1000, () => this.close(closeCodes.tooSlow, 'resume'))
  }

  #sent(): void {
    if (this.#hasRoomToAnswer) this.#giveRoom()
    if (!this.ready) return
    if (this.#slow) {
      this.#slow = false
      this.#cancelSlow()
    }
    this.#handlers.writable()
  }

  #giveRoom(): void {
    this.#room?.resolve()
    this.#room = null
    this.#readOn()
  }

  #schedulePing(): void {
    this.#cancelPing = this.#clock.after(limits.socketPingSeconds * 1000, () => {
      if (!this.#alive) return this.#socket.terminate()
      this.#alive = false
      this.#socket.ping()
      this.#schedulePing()
    })
  }

  /** Looks again when the quiet could have lasted long enough: once to warn, once to close. */
  #watchIdle(seconds: number): void {
    this.#cancelIdle = this.#clock.after(seconds * 1000, () => {
      const quiet = (this.#clock.monotonic() - this.#lastActivity) / 1000
      const warnAfter = limits.socketIdleSeconds - limits.socketIdleWarningSeconds
      if (quiet >= limits.socketIdleSeconds) return this.close(closeCodes.idle, 'idle')
      if (quiet < warnAfter) return this.#watchIdle(warnAfter - quiet)
      const lastActivity = this.#lastActivity
      this.#handlers.idleSoon(Math.round(limits.socketIdleSeconds - quiet))
      this.#lastActivity = lastActivity
      this.#watchIdle(limits.socketIdleSeconds - quiet)
    })
  }

  #closed(code: number): void {
    this.#cancelPing()
    this.#cancelIdle()
    this.#cancelSlow()
    this.#giveRoom()
    this.#events.socketClosed({ code })
    this.#handlers.closed()
  }
}

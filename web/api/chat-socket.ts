/**
 * The socket to `/ws/v2/chat`, kept open. It knows how to connect, to come back and to notice a line that died without a
 * word; what a frame means is not its business. Frames handed over while there is no connection are dropped: the session
 * says everything again after `connected`.
 */
import type { ClientFrameData, ClientFrameType, ServerFrame } from '#protocol/chat-frames.ts'
import { closeCodes } from '#protocol/limits.ts'
import { reconnectDelay } from './reconnect.ts'

/** As much of a WebSocket as is used here. */
export interface Wire {
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onclose: ((event: { readonly code: number }) => void) | null
  send(text: string): void
  close(): void
}

export interface ChatSocketDeps {
  /** Opens a wire to the chat socket's address. */
  readonly open: () => Wire
  /** Calls back after so many milliseconds; the function it returns calls that off. */
  readonly after: (milliseconds: number, callback: () => void) => () => void
  readonly random: () => number
  readonly onFrame: (frame: ServerFrame) => void
  /** waiting: trying again by itself · resting: closed as idle, until `wake` · not_signed_in: until `wake`. */
  readonly onLost: (how: 'waiting' | 'resting' | 'not_signed_in') => void
}

export interface ChatSocket {
  send<T extends ClientFrameType>(type: T, data: ClientFrameData<T>): void
  /** Connects at once if there is no connection: somebody looks at the page, or the network is back. */
  wake(): void
  close(): void
}

/** After this long without a frame the line is asked whether it lives, and given up if it does not answer. */
const silenceMilliseconds = 30_000
const answerMilliseconds = 10_000

const lostBy: Readonly<Record<number, 'resting' | 'not_signed_in'>> = {
  [closeCodes.idle]: 'resting',
  [closeCodes.notSignedIn]: 'not_signed_in',
  [closeCodes.notAllowed]: 'not_signed_in',
}

export function openChatSocket(deps: ChatSocketDeps): ChatSocket {
  let wire: Wire | null = null
  let failures = 0
  let greeted = false
  let cancelTimer = () => {}

  function schedule(milliseconds: number, callback: () => void): void {
    cancelTimer()
    cancelTimer = deps.after(milliseconds, callback)
  }

  function drop(): void {
    cancelTimer()
    const former = wire
    wire = null
    greeted = false
    if (former === null) return
    former.onmessage = null
    former.onclose = null
    former.close()
  }

  function connect(): void {
    drop()
    wire = deps.open()
    wire.onmessage = (event) => receive(String(event.data))
    wire.onclose = (event) => lose(event.code)
    schedule(answerMilliseconds, () => lose(0))
  }

  function lose(code: number): void {
    drop()
    const how = lostBy[code] ?? 'waiting'
    deps.onLost(how)
    if (how === 'waiting') schedule(reconnectDelay(failures++, deps.random()), connect)
  }

  function watch(): void {
    schedule(silenceMilliseconds, () => {
      write('ping', {})
      schedule(answerMilliseconds, () => lose(0))
    })
  }

  function receive(text: string): void {
    const frame = JSON.parse(text) as ServerFrame
    watch()
    if (frame.type === 'connected') {
      failures = 0
      greeted = true
    }
    deps.onFrame(frame)
    if (frame.type === 'moving') connect()
  }

  function write(type: string, data: unknown): void {
    wire?.send(JSON.stringify({ type, data }))
  }

  connect()
  return {
    send: (type, data) => {
      if (greeted) write(type, data)
    },
    wake: () => {
      if (wire === null) connect()
    },
    close: drop,
  }
}

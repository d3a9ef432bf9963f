import { once } from 'node:events'
import { WebSocket } from 'ws'

export interface WireFrame {
  readonly type: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** A client of either socket wire, that keeps every frame it was sent. */
export class WireClient {
  readonly frames: WireFrame[] = []
  readonly #socket: WebSocket
  #wake: () => void = () => {}
  #closeCode: number | null = null

  /** `path` is that of the wire, without the base path that `url` may have. */
  constructor(url: string, path: string, options: { readonly token?: string | null; readonly headers?: Readonly<Record<string, string>> } = {}) {
    const headers = { ...(options.token != null && { authorization: `Bearer ${options.token}` }), ...options.headers }
    this.#socket = new WebSocket(url.replace(/^http/, 'ws') + path, { headers })
    this.#socket.on('message', (data) => {
      this.frames.push(JSON.parse((data as Buffer).toString()) as WireFrame)
      this.#wake()
    })
    this.#socket.on('error', () => {})
    this.#socket.on('close', (code) => {
      this.#closeCode = code
      this.#wake()
    })
  }

  get closeCode(): number | null {
    return this.#closeCode
  }

  async opened(): Promise<this> {
    if (this.#socket.readyState === WebSocket.CONNECTING) await Promise.race([once(this.#socket, 'open'), once(this.#socket, 'close')])
    return this
  }

  sendText(text: string): void {
    this.#socket.send(text)
  }

  send(frame: object): void {
    this.sendText(JSON.stringify(frame))
  }

  /** Waits until the frames fit, or the socket is closed. Rejects after five seconds. */
  async until(fits: (frames: readonly WireFrame[]) => boolean): Promise<void> {
    const deadline = Date.now() + 5000
    while (!fits(this.frames) && this.#closeCode === null) {
      const left = deadline - Date.now()
      if (left <= 0) throw new Error(`waited in vain; got ${JSON.stringify(this.frames).slice(0, 2000)}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  /** Frames that came since the last time, once everything that was sent is answered: frames are answered in order, and no JSON always is. */
  async answers(): Promise<readonly WireFrame[]> {
    const isMark = ({ type, payload }: WireFrame) => type.endsWith('error') && payload['code'] === 'malformed'
    this.sendText('that was all')
    await this.until((frames) => frames.some(isMark))
    const mark = this.frames.findIndex(isMark)
    return this.frames.splice(0, mark < 0 ? this.frames.length : mark + 1).filter((frame) => !isMark(frame))
  }

  async closed(): Promise<number | null> {
    await this.until(() => false)
    return this.#closeCode
  }

  end(): void {
    this.#socket.terminate()
  }
}

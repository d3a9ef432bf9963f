import type { Dispatcher } from 'undici'
import type { ByteReader } from './event-stream.ts'
import { GrowingAnswer } from './growing-answer.ts'
import type { ModelPart } from './language-model.ts'
import { fromErrorResponse, type ResponseHeaders } from './provider-failures.ts'

/** Parts that may wait for whoever takes them before the provider is made to wait too. */
const mostWaiting = 4096
/** What may still come after the last part before the connection is given up instead of kept for the next request. */
const leftoverBytes = 16 * 1024
const leftoverMilliseconds = 1000

export interface ProviderRequest {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** How the answers of one protocol are read. */
export interface Dialect {
  stream(answer: GrowingAnswer): ByteReader
  /** A complete answer in one piece. */
  document(answer: GrowingAnswer): ByteReader
}

/**
 * One request and its answer.
 * 1. undici calls the handler below for every piece of the answer; a network read holds many pieces, all in one turn of the loop.
 * 2. Each piece is read into parts at once, and the waiting consumer is woken; it runs after the whole network read and takes
 *    all its parts together.
 * 3. After the terminator or an HTTP error, the connection is kept for the next request if the body ends soon. When the stream
 *    was not understood, the signal aborts, or the consumer goes away, it is closed at once.
 * `now` is in milliseconds since 1970.
 */
export async function* exchange(
  dispatcher: Dispatcher,
  request: ProviderRequest,
  dialect: Dialect,
  signal: AbortSignal,
  now: () => number,
): AsyncGenerator<readonly ModelPart[], void, undefined> {
  if (signal.aborted) return
  const handler = new ExchangeHandler(dialect, now)
  const abort = () => handler.leave()
  signal.addEventListener('abort', abort, { once: true })
  try {
    handler.send(dispatcher, request)
    while (!signal.aborted) {
      const parts = handler.take()
      if (parts.length > 0) yield parts
      else if (handler.closed) return
      else await handler.woken()
    }
  } finally {
    signal.removeEventListener('abort', abort)
    handler.leave()
  }
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #dialect: Dialect
  readonly #now: () => number
  #answer = new GrowingAnswer(0)
  #reader: ByteReader | null = null
  #controller: Dispatcher.DispatchController | null = null
  #wake: (() => void) | null = null
  #over = false
  #left = false
  #refused = false
  #leftover = 0
  #leftoverTimer: NodeJS.Timeout | undefined

  constructor(dialect: Dialect, now: () => number) {
    this.#dialect = dialect
    this.#now = now
  }

  get closed(): boolean {
    return this.#answer.closed
  }

  send(dispatcher: Dispatcher, { url, headers, body }: ProviderRequest): void {
    const path = url.pathname + url.search
    try {
      dispatcher.dispatch({ origin: url.origin, path, method: 'POST', headers, body }, this)
    } catch (error) {
      this.#end(codeOf(error))
    }
  }

  take(): readonly ModelPart[] {
    if (this.#controller?.paused) this.#controller.resume()
    return this.#answer.take()
  }

  woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  leave(): void {
    this.#left = true
    this.#notify()
    if (this.#over) return
    const nearlyOver = this.#answer.finished || (this.closed && this.#refused)
    if (!nearlyOver) return this.#disconnect()
    this.#leftoverTimer ??= setTimeout(() => this.#disconnect(), leftoverMilliseconds).unref()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#left) this.#disconnect()
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: ResponseHeaders): void {
    if (status < 200) return
    const type = String(headers['content-type'] ?? '')
    this.#answer = new GrowingAnswer(status)
    this.#refused = status !== 200
    if (this.#refused) {
      this.#reader = fromErrorResponse(this.#answer, status, headers, this.#now())
      this.#leftoverTimer = setTimeout(() => this.#disconnect(), leftoverMilliseconds).unref()
    } else if (/^text\/html/i.test(type)) this.#answer.fail('provider_malformed', 'a web page instead of an answer')
    else {
      const isWhole = /^application\/([\w.-]+\+)?json/i.test(type)
      this.#reader = isWhole ? this.#dialect.document(this.#answer) : this.#dialect.stream(this.#answer)
    }
    this.#notify()
  }

  onResponseData(controller: Dispatcher.DispatchController, bytes: Buffer): void {
    if (this.closed) {
      this.#leftover += bytes.length
      if (this.#leftover > leftoverBytes) this.#disconnect()
      return
    }
    this.#reader?.read(bytes)
    if (this.#answer.waiting > mostWaiting) controller.pause()
    this.#notify()
  }

  onResponseEnd(): void {
    this.#end(null)
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#end(codeOf(error))
  }

  /** The body ended (null) or its connection broke. What a broken connection brought whole still counts. */
  #end(brokenBy: string | null): void {
    this.#over = true
    clearTimeout(this.#leftoverTimer)
    this.#reader?.end(brokenBy !== null)
    const code = this.#controller === null ? 'provider_unreachable' : 'provider_cut'
    this.#answer.close({ code, status: null, retryAfterMs: null, detail: `no answer: ${brokenBy}` })
    this.#notify()
  }

  #disconnect(): void {
    this.#controller?.abort(new Error('left'))
  }

  #notify(): void {
    this.#wake?.()
    this.#wake = null
  }
}

/** What went wrong, in the system's own short words: a message could quote a header or an address with a key in it. */
function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown }
  return [code, name].find((word): word is string => typeof word === 'string' && /^\w{1,48}$/.test(word)) ?? 'error'
}

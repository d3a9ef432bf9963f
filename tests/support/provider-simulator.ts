/**
 * The far side of the network: an HTTP server that speaks OpenAI's Chat Completions, Anthropic's Messages and Google's
 * streamGenerateContent, answers what the model's name says (see provider-simulator-script.ts), misbehaves on demand, and
 * remembers every call that it got.
 */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { anthropicWire } from './provider-simulator-anthropic.ts'
import { googleWire } from './provider-simulator-google.ts'
import { openAIWire } from './provider-simulator-openai.ts'
import { expectedText, type Frame, framesOf, parseModelName, type SimulatorScript } from './provider-simulator-script.ts'
import type { SimulatedWire, SimulatedWireName } from './provider-simulator-wire.ts'

/** One call as the provider sees it. The fields from `tokensSent` on change while it is answered. */
export interface SimulatedCall {
  /** The protocol it came over. */
  readonly wire: SimulatedWireName
  readonly model: string
  /** As OpenAI writes them, whatever the protocol. */
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Readonly<Record<string, unknown>>
  /** Milliseconds since 1970. */
  readonly receivedAt: number
  /** The client's port: the same for calls on one connection. */
  readonly clientPort: number
  /** Tokens written so far: where it was when the client went away. */
  readonly tokensSent: number
  /** The whole answer was sent, an HTTP error included. */
  readonly finished: boolean
  /** The client closed the connection before that. */
  readonly aborted: boolean
  /** Resolves when the call is over, whichever way. */
  readonly closed: Promise<void>
}

export interface ProviderSimulator extends AsyncDisposable {
  /** The base URL, with its version segment, for every protocol: `http://127.0.0.1:<port>/v1`. */
  readonly url: string
  /** All calls, oldest first; of very many the newest. */
  readonly calls: readonly SimulatedCall[]
  /** The next call that nobody was handed yet. Rejects after `milliseconds`. */
  nextCall(milliseconds?: number): Promise<SimulatedCall>
  /** Lets the calls of this model go on that wait at their `hold`; when none waits yet, the next one passes. */
  release(model: string): void
  /** From now on this model answers exactly these deltas, or exactly these bytes as its body. The options in its name still act. */
  script(model: string, answer: readonly string[] | Uint8Array): void
  /** From now on this model answers as the one whose name says how: for pages, which choose no model. */
  answerAs(model: string, simulated: string): void
  /** Where a status below 400 sends whoever follows it. */
  redirectTo: string
  /** Requests of any kind, understood or not. */
  readonly requests: number
  /** The text this model's answer adds up to. */
  expectedText(model: string): string
  close(): Promise<void>
}

const wires: readonly SimulatedWire[] = [openAIWire, anthropicWire, googleWire]

type LiveCall = { -readonly [K in keyof SimulatedCall]: SimulatedCall[K] }
type Answer = readonly string[] | Uint8Array

const mostCallsKept = 20_000
const largestBody = 64 * 1024 * 1024

export async function startProviderSimulator(options: { port?: number; host?: string } = {}): Promise<ProviderSimulator> {
  const host = options.host ?? '127.0.0.1'
  const stage = new Stage()
  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (request, response) => void stage.answer(request, response))
  server.listen({ port: options.port ?? 0, host, backlog: 4096 })
  await once(server, 'listening')
  const close = async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close').catch(() => undefined)
  }
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/v1`,
    calls: stage.calls,
    nextCall: (milliseconds = 5_000) => stage.nextCall(milliseconds),
    release: (model) => stage.release(model),
    script: (model, answer) => void stage.answers.set(model, answer),
    answerAs: (model, simulated) => void stage.aliases.set(model, simulated),
    expectedText: (model) => stage.expectedText(model),
    get redirectTo() {
      return stage.redirectTo
    },
    set redirectTo(address) {
      stage.redirectTo = address
    },
    get requests() {
      return stage.requests
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

class Stage {
  readonly calls: LiveCall[] = []
  readonly answers = new Map<string, Answer>()
  readonly aliases = new Map<string, string>()
  redirectTo = '/elsewhere'
  requests = 0
  readonly #unseen: SimulatedCall[] = []
  readonly #waiting: ((call: SimulatedCall) => void)[] = []
  readonly #gates = new Map<string, { passes: number; held: (() => void)[] }>()
  readonly #callsOf = new Map<string, number>()

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1
    response.on('error', () => undefined)
    const body = await readJson(request).catch(() => null)
    const path = request.url?.split('?')[0] ?? ''
    const wire = request.method === 'POST' ? wires.find(({ route }) => route.test(path)) : undefined
    if (!wire) return sendJson(response, 404, openAIWire.error(404, 'No such route'))
    if (body === null) return sendJson(response, 400, wire.error(400, 'The body is not JSON'))
    const call = this.#record(request, response, wire, body)
    try {
      const script = this.#scriptOf(call)
      if (script.status !== null && script.status < 400) response.setHeader('location', this.redirectTo)
      await play(call, response, wire, script, this.answers.get(call.model), () => this.#gate(call.model))
    } catch (error) {
      if (response.headersSent) throw error
      sendJson(response, 400, wire.error(400, String(error)))
    }
  }

  nextCall(milliseconds: number): Promise<SimulatedCall> {
    const seen = this.#unseen.shift()
    if (seen) return Promise.resolve(seen)
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1)
        reject(new Error(`no call within ${milliseconds} ms`))
      }, milliseconds)
      const take = (call: SimulatedCall) => {
        clearTimeout(late)
        resolve(call)
      }
      this.#waiting.push(take)
    })
  }

  release(model: string): void {
    const gate = this.#gateOf(model)
    if (gate.held.length === 0) gate.passes += 1
    for (const go of gate.held.splice(0)) go()
  }

  expectedText(model: string): string {
    const answer = this.answers.get(model)
    return Array.isArray(answer) ? answer.join('') : expectedText(this.aliases.get(model) ?? model)
  }

  #record(request: IncomingMessage, response: ServerResponse, wire: SimulatedWire, body: Record<string, unknown>): LiveCall {
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    const call: LiveCall = {
      wire: wire.name,
      model: wire.modelOf(request.url ?? '', body),
      messages: wire.messagesOf(body),
      path: request.url ?? '',
      headers: request.headers,
      body,
      receivedAt: Date.now(),
      clientPort: request.socket.remotePort ?? 0,
      tokensSent: 0,
      finished: false,
      aborted: false,
      closed,
    }
    response.once('close', () => {
      call.finished = response.writableFinished
      // What the simulator itself cut off was destroyed on this side first.
      call.aborted = !call.finished && !cutByUs.has(response)
      resolve()
    })
    this.calls.push(call)
    if (this.calls.length > mostCallsKept) this.calls.shift()
    const next = this.#waiting.shift()
    if (next) next(call)
    else if (this.#unseen.push(call) > mostCallsKept) this.#unseen.shift()
    return call
  }

  /** What the name says, without the error once it has been answered as often as it should. */
  #scriptOf(call: LiveCall): SimulatorScript {
    const script = parseModelName(this.aliases.get(call.model) ?? call.model)
    const count = (this.#callsOf.get(call.model) ?? 0) + 1
    if (script.status !== null) this.#callsOf.set(call.model, count)
    const spared = count > script.statusCalls || (script.flags.has('half') && count % 2 === 0)
    return spared ? { ...script, status: null } : script
  }

  #gate(model: string): Promise<void> {
    const gate = this.#gateOf(model)
    if (gate.passes > 0) gate.passes -= 1
    else return new Promise((go) => void gate.held.push(go))
    return Promise.resolve()
  }

  #gateOf(model: string): { passes: number; held: (() => void)[] } {
    const gate = this.#gates.get(model) ?? { passes: 0, held: [] }
    this.#gates.set(model, gate)
    return gate
  }
}

const pause = (milliseconds: number) => sleep(milliseconds, undefined, { ref: false })

const cutByUs = new WeakSet<ServerResponse>()

async function play(
  call: LiveCall,
  response: ServerResponse,
  wire: SimulatedWire,
  script: SimulatorScript,
  answer: Answer | undefined,
  gate: () => Promise<void>,
): Promise<void> {
  if (script.headDelay !== null) await pause(script.headDelay)
  if (script.flags.has('cuthead')) return hangUp(response, false)
  if (script.status !== null) return sendError(response, wire, script, call)
  const deltas = answer instanceof Uint8Array ? undefined : answer
  if (script.flags.has('json') || !wire.wantsStream(call.path, call.body)) return sendJson(response, 200, wire.document(script, deltas))
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  response.flushHeaders()
  if (script.firstDelay !== null) await pause(script.firstDelay)
  const story = () => framesOf(script, wire.phrases(script), wire.wantsUsage(call.body), deltas)
  const frames = answer instanceof Uint8Array ? [{ bytes: answer, tokens: 0 }] : writesOf(script, story())
  let held = false
  for (const frame of frames) {
    if (call.tokensSent === script.holdAfter && !held) await Promise.race([gate(), call.closed])
    held ||= call.tokensSent === script.holdAfter
    if (response.destroyed || call.tokensSent === script.stallAfter) return
    if (call.tokensSent === script.cutAfter || call.tokensSent === script.resetAfter) return hangUp(response, script.resetAfter !== null)
    await write(response, call.closed, frame.bytes, script.bytesPerWrite ?? frame.bytes.length)
    call.tokensSent += frame.tokens
    if (script.gap && frame.tokens > 0) await pause(script.gap)
    else await nextTurn()
  }
  response.end()
}

/** Frames as they are written: each token alone, or several together, but never across a token after which something happens. */
function* writesOf(script: SimulatorScript, frames: Iterable<Frame>): Generator<{ bytes: Uint8Array; tokens: number }> {
  const perWrite = script.tokensPerWrite ?? 1
  const stops = [script.holdAfter, script.cutAfter, script.resetAfter, script.stallAfter]
  let text = ''
  let tokens = 0
  let total = 0
  for (const frame of frames) {
    text += frame.text
    tokens += frame.tokens
    total += frame.tokens
    if (!stops.includes(total) && (perWrite === 0 || (tokens > 0 && tokens < perWrite))) continue
    yield { bytes: Buffer.from(text), tokens }
    text = ''
    tokens = 0
  }
  if (text !== '') yield { bytes: Buffer.from(text), tokens }
}

async function write(response: ServerResponse, closed: Promise<void>, bytes: Uint8Array, size: number): Promise<void> {
  for (let at = 0; at < bytes.length; at += size) {
    const room = response.write(bytes.subarray(at, at + size))
    if (!room) await Promise.race([once(response, 'drain').catch(() => undefined), closed])
    if (response.destroyed) return
    if (size < bytes.length) await nextTurn()
  }
}

/** Ends the connection without ending the answer, after what was written is out. */
function hangUp(response: ServerResponse, withReset: boolean): void {
  cutByUs.add(response)
  if (withReset) response.socket?.resetAndDestroy()
  else response.socket?.destroy()
}

/** Providers do quote keys and questions in their errors; ours does, so that a test can look where they turn up. */
function sendError(response: ServerResponse, wire: SimulatedWire, script: SimulatorScript, call: SimulatedCall): void {
  const wait = script.retryAfterDate === null ? script.retryAfter : new Date(Date.now() + script.retryAfterDate * 1000).toUTCString()
  const headers = wait === null ? {} : { 'retry-after': String(wait) }
  const key = call.headers.authorization ?? call.headers['x-api-key'] ?? call.headers['x-goog-api-key']
  sendJson(response, script.status!, wire.error(script.status!, `Refused: ${key} asked ${call.messages.at(-1)?.content}`), headers)
}

function sendJson(response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers }).end(body)
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > largestBody) throw new Error('too large')
    pieces.push(piece)
  }
  return JSON.parse(Buffer.concat(pieces).toString()) as Record<string, unknown>
}

import { Client } from 'pg'
import type { Actor } from '../lib/actor.ts'
import type { Clock } from '../lib/clock.ts'
import type { Bus, BusMessage, TurnSignal } from './bus.ts'
import { localBus } from './local-bus.ts'

/** How long messages gather before they share a notification; those that say the same are one. */
const gatherMs = 10
/** A notification holds less than 8,000 bytes (https://www.postgresql.org/docs/current/sql-notify.html). */
const payloadBytes = 7900
const reconnectMs = 500
/** A connection that leads nowhere is found out after these two together. */
const pulseMs = 5000
const answerMs = 3000

type Carried = BusMessage | TurnSignal

interface Payload {
  readonly from: string
  readonly carried: readonly Carried[]
  /** Something was said before this that nobody can have heard. */
  readonly unheard?: true
}

export interface PostgresBusOptions {
  readonly url: string
  /** This process's name: what it sent itself it has heard already. */
  readonly owner: string
  readonly clock: Clock
}

/**
 * The bus of all processes on one Postgres, over LISTEN and NOTIFY on a connection of its own. Here a message arrives at
 * once; elsewhere a moment later, or never while the connection is gone: whoever listens also looks by itself, and is told when there was such a gap on either side.
 */
export class PostgresBus implements Bus, AsyncDisposable {
  readonly #options: PostgresBusOptions
  readonly #here = localBus()
  readonly #outgoing = new Set<string>()
  readonly #onGap = new Set<() => void>()
  #client: Client | null = null
  #gathering = false
  #closed = false
  /** Something that was said here went nowhere. */
  #unheard = false
  /** Whether it has listened before: then what came in between is lost. */
  #hasListened = false
  #cancelTimer: () => void = () => {}

  private constructor(options: PostgresBusOptions) {
    this.#options = options
  }

  /** Resolves when it listens, or will try again. */
  static async open(options: PostgresBusOptions): Promise<PostgresBus> {
    const bus = new PostgresBus(options)
    await bus.#connect()
    return bus
  }

  publish(message: BusMessage): void {
    this.#here.publish(message)
    this.#send(message)
  }

  subscribe(actor: Actor, listener: (message: BusMessage) => void): () => void {
    return this.#here.subscribe(actor, listener)
  }

  subscribeAll(listener: (message: BusMessage) => void): () => void {
    return this.#here.subscribeAll(listener)
  }

  signal(signal: TurnSignal): void {
    this.#here.signal(signal)
    this.#send(signal)
  }

  hear(listener: (signal: TurnSignal) => void): () => void {
    return this.#here.hear(listener)
  }

  onGap(listener: () => void): () => void {
    this.#onGap.add(listener)
    return () => void this.#onGap.delete(listener)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#flush()
    this.#closed = true
    this.#cancelTimer()
    await this.#client?.end().catch(() => {})
  }

  #send(carried: Carried): void {
    this.#outgoing.add(JSON.stringify(carried))
    if (this.#gathering) return
    this.#gathering = true
    this.#options.clock.after(gatherMs, () => this.#flush())
  }

  #flush(): void {
    this.#gathering = false
    const payloads = payloadsOf(this.#options.owner, [...this.#outgoing])
    this.#outgoing.clear()
    if (payloads.length > 0 && this.#client === null) this.#unheard = true
    for (const payload of payloads) this.#notify(payload)
  }

  #notify(payload: string): void {
    this.#client?.query('select pg_notify($1, $2)', ['parley', payload]).catch(() => void (this.#unheard = true))
  }

  /** Tells here that something may have been missed, and elsewhere when what was said here was. */
  #tellOfGap(): void {
    if (this.#hasListened) for (const listener of [...this.#onGap]) listener()
    this.#hasListened = true
    if (!this.#unheard) return
    this.#unheard = false
    this.#notify(JSON.stringify({ from: this.#options.owner, carried: [], unheard: true } satisfies Payload))
  }

  async #connect(): Promise<void> {
    const client = new Client({ connectionString: this.#options.url, application_name: 'parley', keepAlive: true, connectionTimeoutMillis: answerMs, query_timeout: answerMs, pipeline: true })
    client.on('error', () => {})
    client.on('notification', ({ payload }) => this.#heard(payload))
    client.once('end', () => this.#lost(client))
    try {
      await client.connect()
      await client.query('listen parley')
    } catch {
      return this.#lost(client)
    }
    this.#client = client
    if (this.#closed) await client.end().catch(() => {})
    else {
      this.#feelPulse(client)
      this.#tellOfGap()
    }
  }

  #feelPulse(client: Client): void {
    this.#cancelTimer = this.#options.clock.after(pulseMs, () => {
      client.query('select 1').then(() => this.#client === client && this.#feelPulse(client), () => this.#lost(client))
    })
  }

  #lost(client: Client): void {
    if (this.#client !== null && this.#client !== client) return
    this.#client = null
    this.#cancelTimer()
    client.removeAllListeners('end').end().catch(() => {})
    if (!this.#closed) this.#cancelTimer = this.#options.clock.after(reconnectMs, () => void this.#connect())
  }

  #heard(text: string | undefined): void {
    const { from, carried, unheard } = JSON.parse(text ?? '{"carried":[]}') as Payload
    if (from === this.#options.owner) return
    if (unheard) for (const listener of [...this.#onGap]) listener()
    for (const each of carried) {
      if ('actor' in each) this.#here.publish(each)
      else this.#here.signal(each)
    }
  }
}

/** As many messages to a notification as it holds. */
function payloadsOf(owner: string, messages: readonly string[]): readonly string[] {
  const head = `{"from":${JSON.stringify(owner)},"carried":[`
  const payloads: string[] = []
  let body = ''
  for (const message of messages) {
    if (body !== '' && Buffer.byteLength(head + body + message) + 3 > payloadBytes) {
      payloads.push(`${head}${body}]}`)
      body = ''
    }
    body += body === '' ? message : `,${message}`
  }
  return body === '' ? [] : [...payloads, `${head}${body}]}`]
}

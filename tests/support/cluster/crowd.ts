/** Many clients at once, each no more than a socket and its place in one turn. */
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { ServerFrame } from '#protocol/chat-frames.ts'
import { reconnectDelay } from '../../../web/api/reconnect.ts'

/** One of the crowd. It follows one turn, and comes back when it is cut, as the page does. */
export class Follower {
  readonly #url: () => string
  readonly #token: string
  readonly #turnId: string
  readonly #random: () => number
  #socket: WebSocket | null = null
  #failures = 0
  #left = false
  /** Rows so far; every row once and in order, or `wrong` says what came instead. */
  last = 0
  wrong: string | null = null
  /** Milliseconds it waited before each attempt to come back. */
  readonly delays: number[] = []
  /** When it was last connected (performance.now). */
  connectedAt = 0
  closeCode = 0
  ended = false
  /** How the turn ended, for a report. */
  terminal = ''
  text = ''

  constructor(url: () => string, token: string, turnId: string, random: () => number) {
    this.#url = url
    this.#token = token
    this.#turnId = turnId
    this.#random = random
  }

  connect(): void {
    const socket = new WebSocket(`${this.#url().replace(/^http/, 'ws')}/ws/v2/chat`, { headers: { authorization: `Bearer ${this.#token}` }, handshakeTimeout: 20_000 })
    this.#socket = socket
    socket.on('error', () => {})
    socket.on('message', (data) => this.#hear(JSON.parse((data as Buffer).toString()) as ServerFrame))
    socket.on('close', (code) => {
      this.closeCode = code
      if (!this.#left) void this.#comeBack()
    })
  }

  get connected(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN && this.connectedAt > 0
  }

  /** Its line is cut, without a word. */
  cut(): void {
    this.connectedAt = 0
    this.#socket?.terminate()
  }

  leave(): void {
    this.#left = true
    this.#socket?.terminate()
  }

  async #comeBack(): Promise<void> {
    const delay = reconnectDelay(this.#failures++, this.#random())
    this.delays.push(delay)
    await sleep(delay)
    if (!this.#left) this.connect()
  }

  #hear(frame: ServerFrame): void {
    if (frame.type === 'connected') {
      this.#failures = 0
      this.connectedAt = performance.now()
      this.#socket!.send(JSON.stringify({ type: 'chat.resume', data: { turn_id: this.#turnId, after: this.last } }))
    } else if (frame.type === 'chat.delta' || frame.type === 'chat.done' || frame.type === 'chat.failed') {
      const { seq } = frame.payload
      if (seq !== this.last + 1) this.wrong ??= `row ${seq} came after ${this.last}`
      this.last = seq
      if (frame.type === 'chat.delta') this.text += frame.payload.delta
      else [this.ended, this.terminal] = [true, JSON.stringify(frame.payload).slice(0, 200)]
    }
  }
}

/** Resolves when `fits` does, or false after so long. */
export async function eventually(fits: () => boolean, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds
  while (!fits()) {
    if (performance.now() > deadline) return false
    await sleep(20)
  }
  return true
}

/**
 * How far some numbers lie from being spread evenly between 0 and 1: the statistic of Kolmogorov, and the chance that even ones lie as
 * far (Marsaglia, Tsang, Wang 2003 give the exact one; this is its limit, good for a hundred and more).
 */
export function kolmogorov(numbers: readonly number[]): { readonly distance: number; readonly chance: number } {
  const sorted = numbers.toSorted((a, b) => a - b)
  const n = sorted.length
  const distance = sorted.reduce((most, value, place) => Math.max(most, (place + 1) / n - value, value - place / n), 0)
  const lambda = (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)) * distance
  let sum = 0
  for (let k = 1; k <= 100; k++) sum += 2 * (-1) ** (k - 1) * Math.exp(-2 * k * k * lambda * lambda)
  return { distance, chance: Math.min(1, Math.max(0, sum)) }
}

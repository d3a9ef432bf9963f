import type { Message, Part } from '#protocol/message.ts'
import type { TurnEvent } from '#protocol/turn-events.ts'
import { partsOfRows } from '../../../server/turn/turn-events.ts'

type Delta = Extract<TurnEvent, { type: 'chat.delta' }>['payload']

/** What one page has been shown of a turn, over all its connections. Nothing that was shown may ever be taken back. */
export class View {
  readonly #deltas = new Map<number, Delta>()
  /** The whole answer so far, from a resume whose cursor was not good. */
  #base: { readonly last: number; readonly parts: readonly Part[] } | null = null
  #terminal: { readonly seq: number; readonly told: string } | null = null
  #closed = false
  epoch: string | null = null

  /** True once it was told how the turn ended. */
  get closed(): boolean {
    return this.#closed
  }

  /** The seq up to which nothing is missing. */
  get reached(): number {
    let seq = this.#base?.last ?? 0
    while (this.#deltas.has(seq + 1)) seq += 1
    return this.#terminal?.seq === seq + 1 ? seq + 1 : seq
  }

  /** What the terminal event said, if that was shown. */
  get told(): string | null {
    return this.#terminal?.told ?? null
  }

  /** The answer as this page shows it. */
  get parts(): readonly Part[] {
    const after = this.#base?.last ?? 0
    return joinParts([...(this.#base?.parts ?? []), ...this.#rows(after)])
  }

  /** Takes an event in. Returns what is wrong with it, or null. */
  event(event: TurnEvent): string | null {
    const { seq, epoch } = event.payload
    this.epoch = epoch
    if (this.#terminal && seq > this.#terminal.seq) return `seq ${seq} came after the terminal ${this.#terminal.seq}`
    return event.type === 'chat.delta' ? this.#delta(event.payload) : this.#end(seq, toldBy(event))
  }

  /** Starts again from the whole answer so far. */
  reset(last: number, epoch: string, message: Message): string | null {
    const held = asText(this.parts)
    const given = asText(message.parts)
    this.epoch = epoch
    this.#base = { last, parts: message.parts }
    this.#closed ||= message.outcome !== null
    return given.startsWith(held) ? null : `the whole answer ${JSON.stringify(given)} takes back what was shown, ${JSON.stringify(held)}`
  }

  #delta(delta: Delta): string | null {
    const before = this.#deltas.get(delta.seq)
    if (delta.seq === this.#terminal?.seq) return `seq ${delta.seq} was the terminal and is now a delta`
    const isOther = before && (before.delta !== delta.delta || before.kind !== delta.kind)
    if (isOther) return `seq ${delta.seq} was ${JSON.stringify(before.delta)} and is now ${JSON.stringify(delta.delta)}`
    this.#deltas.set(delta.seq, delta)
    return null
  }

  #end(seq: number, told: string): string | null {
    const before = this.#terminal
    const isOther = before && (before.seq !== seq || before.told !== told)
    if (isOther) return `the terminal was ${before.seq} ${before.told} and is now ${seq} ${told}`
    if (this.#deltas.has(seq)) return `seq ${seq} was a delta and is now the terminal`
    this.#terminal = { seq, told }
    this.#closed = true
    return null
  }

  #rows(after: number): readonly Part[] {
    const seqs = [...this.#deltas.keys()].filter((seq) => seq > after).toSorted((a, b) => a - b)
    return seqs.map((seq) => ({ type: this.#deltas.get(seq)!.kind, text: this.#deltas.get(seq)!.delta }))
  }
}

export function joinParts(parts: readonly Part[]): readonly Part[] {
  return partsOfRows(parts.map(({ type, text }) => ({ kind: type, text })))
}

/** Parts as one string, so that an answer that goes on begins with the answer so far. */
export function asText(parts: readonly Part[]): string {
  return parts.map(({ type, text }) => `<${type}>${text}`).join('')
}

/** A terminal event as one string. */
export function toldBy(event: Exclude<TurnEvent, { type: 'chat.delta' }>): string {
  const { outcome, receipt_id, token_count } = event.payload
  const ending = event.type === 'chat.done' ? event.payload.content : event.payload.code
  return JSON.stringify([event.type, outcome, receipt_id, token_count, ending])
}

/**
 * What clients saw, in the order in which they saw it: the evidence that the checker (checker.ts) weighs. A send that was not
 * answered stays `sent`: whether it was taken is not known, and either is right.
 */
import type { ServerFramePayload } from '#protocol/chat-frames.ts'
import type { Message } from '#protocol/message.ts'
import type { TurnEvent } from '#protocol/turn-events.ts'

export type Accepted = ServerFramePayload<'chat.accepted'>

export type Seen =
  | { readonly kind: 'sent'; readonly clientMessageId: string; readonly content: string }
  | { readonly kind: 'accepted'; readonly accepted: Accepted }
  | { readonly kind: 'refused'; readonly code: string; readonly clientMessageId: string | null }
  /** A cursor was good: the events after it follow. */
  | { readonly kind: 'resumed'; readonly turnId: string; readonly after: number }
  /** A cursor was of another life: this is the message so far, and events after `last` follow. */
  | { readonly kind: 'whole'; readonly turnId: string; readonly last: number; readonly message: Message }
  | { readonly kind: 'event'; readonly event: TurnEvent }

export type HistoryEntry = Seen & {
  /** Milliseconds since the history began. */
  readonly at: number
  readonly device: string
  /** The token of whoever holds the device. */
  readonly user: string
  /** Counts the device's connections. */
  readonly connection: number
}

export class History {
  readonly entries: HistoryEntry[] = []
  /** Every text frame and body that a user's devices were sent, as it came. */
  readonly received = new Map<string, string[]>()
  readonly #began = performance.now()

  /** Milliseconds since the history began. */
  get now(): number {
    return performance.now() - this.#began
  }

  add(who: { readonly device: string; readonly user: string; readonly connection: number }, seen: Seen): void {
    this.entries.push({ ...who, ...seen, at: this.now })
  }

  receive(user: string, text: string): void {
    const received = this.received.get(user) ?? []
    if (received.length === 0) this.received.set(user, received)
    received.push(text)
  }

  /** The entries of one kind. */
  of<K extends Seen['kind']>(kind: K): readonly Extract<HistoryEntry, { kind: K }>[] {
    return this.entries.filter((entry): entry is Extract<HistoryEntry, { kind: K }> => entry.kind === kind)
  }
}

/**
 * The port for wake-ups. A message on the bus is a hint that something in the store changed; it may be lost, and no truth
 * travels on it alone.
 */
import type { Actor } from '../lib/actor.ts'

export type ConversationChange = 'created' | 'changed' | 'deleted' | 'running' | 'settled'

/** To users, wherever they are connected. */
export type BusMessage =
  /** A conversation of this user changed. */
  | { readonly kind: 'conversation'; readonly actor: Actor; readonly conversationId: string; readonly change: ConversationChange }
  /** A turn was opened in this conversation. */
  | { readonly kind: 'turn-opened'; readonly actor: Actor; readonly conversationId: string; readonly turnId: string }

/** Between a process that runs a turn and one that follows it. */
export interface TurnSignal {
  /** To its owner: somebody follows it, or wants it to end. To its followers: the store has more of it. */
  readonly kind: 'turn-followed' | 'turn-stop' | 'turn-grew'
  readonly turnId: string
}

export interface Bus {
  publish(message: BusMessage): void
  /** Messages of this user, until the returned function is called. */
  subscribe(actor: Actor, listener: (message: BusMessage) => void): () => void
  /** Messages of every user, until the returned function is called. */
  subscribeAll(listener: (message: BusMessage) => void): () => void
  signal(signal: TurnSignal): void
  /** Signals of all turns, until the returned function is called. */
  hear(listener: (signal: TurnSignal) => void): () => void
  /** Told when messages may have been lost, once they come again: whoever lives by them looks at the store. Until the returned function is called. */
  onGap(listener: () => void): () => void
}

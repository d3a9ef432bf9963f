/**
 * The port for wake-ups. A message on the bus is a hint that something in the store changed; it may be lost, and no truth
 * travels on it alone.
 */
import type { Actor } from '../lib/actor.ts'

export type ConversationChange = 'created' | 'changed' | 'deleted' | 'running' | 'settled'

export type BusMessage =
  /** A conversation of this user changed. */
  | { readonly kind: 'conversation'; readonly actor: Actor; readonly conversationId: string; readonly change: ConversationChange }
  /** A turn was opened in this conversation. */
  | { readonly kind: 'turn-opened'; readonly actor: Actor; readonly conversationId: string; readonly turnId: string }

export interface Bus {
  publish(message: BusMessage): void
  /** Messages of this user, until the returned function is called. */
  subscribe(actor: Actor, listener: (message: BusMessage) => void): () => void
}

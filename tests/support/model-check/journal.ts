/** What the clients know, over all tabs and connections: what was asked, and what the server has said of it. */
import type { ServerFramePayload } from '#protocol/chat-frames.ts'

/** One message that a user sends, however often. */
export interface Ask {
  readonly user: string
  readonly clientMessageId: string
  readonly slot: number
  /** Where it was first sent to; undefined: into a conversation of its own. */
  readonly conversationId: string | undefined
  readonly content: string
  /** Everything that was ever sent under this id. */
  readonly contents: Set<string>
  turnId: string | null
  /** The content that a reply acknowledged; null while none did. */
  acknowledged: string | null
}

export interface KnownTurn {
  readonly user: string
  readonly turnId: string
  readonly conversationId: string
  readonly messageId: string
  readonly responseId: string
  stopped: boolean
}

export class Journal {
  readonly asks: Ask[] = []
  readonly turns = new Map<string, KnownTurn>()
  readonly conversations = new Map<string, string>()

  conversationOf(user: string, slot: number): string | undefined {
    return this.conversations.get(`${user} ${slot}`)
  }

  askedBy(user: string): readonly Ask[] {
    return this.asks.filter((ask) => ask.user === user)
  }

  turnsOf(user: string): readonly KnownTurn[] {
    return [...this.turns.values()].filter((turn) => turn.user === user)
  }

  /** A turn was announced. Returns what is wrong with that, or null. */
  announced(user: string, turn: ServerFramePayload<'chat.accepted'>): string | null {
    const ask = this.askedBy(user).find(({ clientMessageId }) => clientMessageId === turn.client_message_id)
    if (!ask) return `[I7] ${user} was told of ${turn.client_message_id}, which ${user} never sent`
    const before = this.turns.get(turn.turn_id)
    if (before && before.user !== user) return `[I7] ${turn.turn_id} of ${before.user} was announced to ${user}`
    const isOther = ask.turnId !== null && ask.turnId !== turn.turn_id
    if (isOther) return `[I4] ${ask.clientMessageId} has two turns: ${ask.turnId} and ${turn.turn_id}`
    ask.turnId = turn.turn_id
    if (!this.conversationOf(user, ask.slot)) this.conversations.set(`${user} ${ask.slot}`, turn.conversation_id)
    if (!before) {
      const { conversation_id: conversationId, turn_id: turnId, message_id: messageId, response_id: responseId } = turn
      this.turns.set(turnId, { user, turnId, conversationId, messageId, responseId, stopped: false })
    }
    return null
  }
}

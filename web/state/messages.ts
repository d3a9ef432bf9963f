/**
 * The part of the shown branch that the page holds: oldest first and without gaps, each message the parent of the next. It may
 * begin later than the branch and end earlier; pieces that are read join it where they touch it.
 */
import type { ServerFramePayload } from '#protocol/chat-frames.ts'
import type { BranchMessage } from '#protocol/message.ts'
import type { OutboxEntry } from './outbox.ts'

export type Messages = readonly BranchMessage[]

/**
 * A piece that was read, joined with what is held. Where they touch, what is held above and below the piece stays; a piece that
 * touches nothing takes the place of what is held, or is dropped where `otherwise` says so. A piece may be older than a row that
 * came meanwhile: an answer that is closed here stays closed.
 */
export function joinPiece(held: Messages, piece: Messages, otherwise: 'replace' | 'drop'): Messages {
  const [first, last] = [piece[0], piece.at(-1)]
  if (first === undefined || last === undefined) return otherwise === 'drop' ? held : piece
  const heldById = new Map(held.map((message) => [message.id, message]))
  const above = held.slice(0, endOfAbove(held, first))
  const below = held.slice(startOfBelow(held, last))
  const touches = above.length > 0 || below.length > 0 || piece.some((message) => heldById.has(message.id))
  if (!touches) return otherwise === 'drop' && held.length > 0 ? held : piece
  const fresh = piece.map((message) => {
    const known = heldById.get(message.id)
    return known !== undefined && known.outcome !== null && message.outcome === null ? known : message
  })
  return [...above, ...fresh, ...below]
}

function endOfAbove(held: Messages, first: BranchMessage): number {
  const same = held.findIndex((message) => message.id === first.id)
  return same >= 0 ? same : held.findIndex((message) => message.id === first.parent_id) + 1
}

function startOfBelow(held: Messages, last: BranchMessage): number {
  const same = held.findIndex((message) => message.id === last.id)
  const next = same >= 0 ? same + 1 : held.findIndex((message) => message.parent_id === last.id)
  return next < 0 ? held.length : next
}

/** More messages than these are not held: what is far from where the reader goes is let go, and read again when it is wanted. */
export const mostHeld = 300

/** What is held after reading on to one side; an answer that runs is never let go. */
export function withinReach(messages: Messages, side: 'before' | 'after'): Messages {
  if (side === 'after') return messages.slice(-mostHeld)
  return messages.slice(mostHeld).some(isRunning) ? messages : messages.slice(0, mostHeld)
}

export const hasEarlier = (messages: Messages): boolean => (messages[0]?.parent_id ?? null) !== null

export function hasLater(messages: Messages, leafId: string | null): boolean {
  return leafId !== null && messages.length > 0 && messages.at(-1)!.id !== leafId
}

/**
 * What an acknowledgement makes of the branch: the question and its still empty answer at its end, or beside the message that was
 * edited, or another answer to the same question. Null: what it hangs on is not held.
 */
export function addAccepted(messages: Messages, leafId: string | null, accepted: ServerFramePayload<'chat.accepted'>, entry: OutboxEntry): Messages | null {
  if (messages.some((message) => message.id === accepted.response_id)) return messages
  const { asks } = entry
  if (asks?.kind === 'again') return withAnswer(messages, accepted, entry)
  const parentId = asks === undefined ? (messages.at(-1)?.id ?? null) : asks.parent_id
  if (asks === undefined && (hasLater(messages, leafId) || (messages.length === 0 && leafId !== null))) return null
  const above = messages.findIndex((message) => message.id === parentId) + 1
  if (parentId !== null && above === 0) return null
  const siblings = parentId === null && hasEarlier(messages) ? null : (messages[above]?.sibling_ids ?? [])
  if (siblings === null) return null
  const question: BranchMessage = {
    ...blank(accepted, entry), id: accepted.message_id, parent_id: parentId, role: 'user', agent_id: null, client_message_id: accepted.client_message_id,
    parts: [{ type: 'text', text: entry.content }], content: entry.content, version: siblings.length + 1, sibling_ids: [...siblings, accepted.message_id],
  }
  return withAnswer([...messages.slice(0, above), question], accepted, entry)
}

function withAnswer(messages: Messages, accepted: ServerFramePayload<'chat.accepted'>, entry: OutboxEntry): Messages | null {
  const at = messages.findIndex((message) => message.id === accepted.message_id)
  if (at < 0) return null
  const former = messages[at + 1]
  const siblings = former?.sibling_ids ?? []
  const answer: BranchMessage = {
    ...blank(accepted, entry), id: accepted.response_id, parent_id: accepted.message_id, role: 'assistant', agent_id: entry.agent_id ?? former?.agent_id ?? null,
    client_message_id: null, parts: [], content: '', version: siblings.length + 1, sibling_ids: [...siblings, accepted.response_id],
  }
  return [...messages.slice(0, at + 1), answer]
}

function blank(accepted: ServerFramePayload<'chat.accepted'>, entry: OutboxEntry) {
  const { conversation_id, turn_id } = accepted
  return { conversation_id, turn_id, failure: null, receipt: null, rating: null, outcome: null, created_at: entry.asked_at } as const
}

export function isRunning(message: BranchMessage): boolean {
  return message.role === 'assistant' && message.outcome === null
}

/** Where a message stands among its versions, from 1; null where it is the only one. */
export function versionOf(message: BranchMessage): { readonly at: number; readonly count: number; readonly before: string | null; readonly after: string | null } | null {
  const { id, sibling_ids: ids } = message
  const index = ids.indexOf(id)
  return ids.length < 2 || index < 0 ? null : { at: index + 1, count: ids.length, before: ids[index - 1] ?? null, after: ids[index + 1] ?? null }
}

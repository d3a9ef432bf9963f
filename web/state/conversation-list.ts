/** The conversations at the left: kept right by pages that were fetched and frames that arrive. */
import type { ServerFramePayload } from '#protocol/chat-frames.ts'
import type { Conversation } from '#protocol/conversation.ts'

/** Where a conversation stands: among those of every day, or put away. */
export const shelves = ['current', 'archive'] as const
export type Shelf = (typeof shelves)[number]

/** How far a shelf was read. */
export interface Reading {
  readonly loaded: boolean
  /** The next page to fetch, or null when all are here. */
  readonly next_page: number | null
}

export interface ConversationList {
  /** All that are known, of both shelves, in the order of the list: the pinned ones, then the others, each newest first. */
  readonly items: readonly Conversation[]
  readonly readings: Readonly<Record<Shelf, Reading>>
}

const unread: Reading = { loaded: false, next_page: 1 }
export const emptyList: ConversationList = { items: [], readings: { current: unread, archive: unread } }

export function shelfOf(conversation: Conversation): Shelf {
  return conversation.archived ? 'archive' : 'current'
}

/** What stands on a shelf, in its order. */
export function onShelf(list: ConversationList, shelf: Shelf): readonly Conversation[] {
  return list.items.filter((item) => shelfOf(item) === shelf)
}

/** A fetched page. Pages shift while people write, so a conversation met twice is kept once, in its newest state. */
export function addPage(list: ConversationList, items: readonly Conversation[], nextPage: number | null, shelf: Shelf = 'current'): ConversationList {
  return { items: items.reduce(upsert, list.items), readings: { ...list.readings, [shelf]: { loaded: true, next_page: nextPage } } }
}

/** What the first page of a shelf would show and does not is gone: it was deleted while nobody listened. */
export function withoutVanished(list: ConversationList, firstPage: readonly Conversation[], nextPage: number | null, shelf: Shelf = 'current'): ConversationList {
  const last = nextPage === null ? undefined : firstPage.toSorted(inOrder).at(-1)
  const there = new Set(firstPage.map((item) => item.id))
  const isLater = (item: Conversation) => last !== undefined && inOrder(item, last) > 0
  return { ...list, items: list.items.filter((item) => shelfOf(item) !== shelf || there.has(item.id) || isLater(item)) }
}

export function applyChange(list: ConversationList, change: ServerFramePayload<'conversation'>): ConversationList {
  return change.conversation === null ? remove(list, change.conversation_id) : { ...list, items: upsert(list.items, change.conversation) }
}

export function remove(list: ConversationList, id: string): ConversationList {
  return { ...list, items: list.items.filter((item) => item.id !== id) }
}

/** Marks a turn as running, or as over, before the server's own frame says so. */
export function markRunning(list: ConversationList, id: string, turnId: string | null): ConversationList {
  return { ...list, items: list.items.map((item) => (item.id === id ? { ...item, running_turn_id: turnId } : item)) }
}

export function findConversation(list: ConversationList, id: string | null): Conversation | null {
  return list.items.find((item) => item.id === id) ?? null
}

function upsert(items: readonly Conversation[], conversation: Conversation): readonly Conversation[] {
  const held = items.find((item) => item.id === conversation.id)
  if (held !== undefined && held.rev > conversation.rev) return items
  return [...items.filter((item) => item.id !== conversation.id), conversation].sort(inOrder)
}

function inOrder(a: Conversation, b: Conversation): number {
  return Number(b.pinned) - Number(a.pinned) || Date.parse(b.updated_at) - Date.parse(a.updated_at) || (a.id < b.id ? 1 : -1)
}

export const listGroups = ['pinned', 'today', 'yesterday', 'last_seven_days', 'older'] as const
export type ListGroup = (typeof listGroups)[number]

/** The pinned ones, then by the day of the last change, in the time zone of the clock that is given. Empty groups are left out. */
export function inGroups(items: readonly Conversation[], now: Date): readonly { readonly group: ListGroup; readonly items: readonly Conversation[] }[] {
  return listGroups
    .map((group) => ({ group, items: items.filter((item) => groupOf(item, now) === group) }))
    .filter(({ items: found }) => found.length > 0)
}

function groupOf(item: Conversation, now: Date): ListGroup {
  if (item.pinned) return 'pinned'
  const day = new Date(item.updated_at)
  if (day >= midnight(now, 0)) return 'today'
  if (day >= midnight(now, 1)) return 'yesterday'
  return day >= midnight(now, 7) ? 'last_seven_days' : 'older'
}

/** Through the calendar and not by 24 hours, so that a day with a change of clocks is one day. */
function midnight(now: Date, daysBefore: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysBefore)
}

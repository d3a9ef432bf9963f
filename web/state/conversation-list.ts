/** The conversations at the left: newest first, kept right by pages that were fetched and frames that arrive. */
import type { ServerFramePayload } from '#protocol/chat-frames.ts'
import type { Conversation } from '#protocol/conversation.ts'

export interface ConversationList {
  readonly items: readonly Conversation[]
  readonly loaded: boolean
  /** The next page to fetch, or null when all are here. */
  readonly next_page: number | null
}

export const emptyList: ConversationList = { items: [], loaded: false, next_page: 1 }

/** A fetched page. Pages shift while people write, so a conversation met twice is kept once, in its newest state. */
export function addPage(list: ConversationList, items: readonly Conversation[], nextPage: number | null): ConversationList {
  return { items: items.reduce(upsert, list.items), loaded: true, next_page: nextPage }
}

/** What the first page would show and does not is gone: it was deleted while nobody listened. */
export function withoutVanished(list: ConversationList, firstPage: readonly Conversation[], nextPage: number | null): ConversationList {
  const oldest = nextPage === null ? -Infinity : Math.min(...firstPage.map((item) => Date.parse(item.updated_at)))
  const there = new Set(firstPage.map((item) => item.id))
  return { ...list, items: list.items.filter((item) => there.has(item.id) || Date.parse(item.updated_at) < oldest) }
}

export function applyChange(list: ConversationList, change: ServerFramePayload<'conversation'>): ConversationList {
  const gone = change.conversation === null || change.conversation.archived
  return gone ? remove(list, change.conversation_id) : { ...list, items: upsert(list.items, change.conversation!) }
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
  return [...items.filter((item) => item.id !== conversation.id), conversation].sort(newestFirst)
}

function newestFirst(a: Conversation, b: Conversation): number {
  return Date.parse(b.updated_at) - Date.parse(a.updated_at) || (a.id < b.id ? 1 : -1)
}

export const dayGroups = ['today', 'yesterday', 'last_seven_days', 'older'] as const
export type DayGroup = (typeof dayGroups)[number]

/** Groups by the day of the last change, in the time zone of the clock that is given. Empty groups are left out. */
export function byDay(items: readonly Conversation[], now: Date): readonly { readonly group: DayGroup; readonly items: readonly Conversation[] }[] {
  return dayGroups
    .map((group) => ({ group, items: items.filter((item) => groupOf(new Date(item.updated_at), now) === group) }))
    .filter(({ items: found }) => found.length > 0)
}

function groupOf(day: Date, now: Date): DayGroup {
  if (day >= midnight(now, 0)) return 'today'
  if (day >= midnight(now, 1)) return 'yesterday'
  return day >= midnight(now, 7) ? 'last_seven_days' : 'older'
}

/** Through the calendar and not by 24 hours, so that a day with a change of clocks is one day. */
function midnight(now: Date, daysBefore: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysBefore)
}

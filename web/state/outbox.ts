/**
 * What was asked and is not yet acknowledged. An entry keeps its client message id through reconnects and reloads, so
 * that sending it twice makes one turn. In one conversation entries leave one at a time, in the order they were written.
 */
export interface OutboxEntry {
  readonly client_message_id: string
  /** The conversation's id, or `new:…` for one that does not exist yet. */
  readonly conversation_key: string
  readonly content: string
  readonly agent_id: string | null
  /** Not at the end of the branch: in the place of another question, or a turn's question once more. */
  readonly asks?: { readonly kind: 'edit'; readonly parent_id: string | null } | { readonly kind: 'again'; readonly turn_id: string }
  /** ISO 8601. */
  readonly asked_at: string
  /** How often it left; more than once means that its turn may already have rows. */
  readonly sent: number
  /** queued: may leave · sending: left, not acknowledged · held: the server asked to wait · refused: it will not go as it is. */
  readonly state: 'queued' | 'sending' | 'held' | 'refused'
  /** The server's sentence, when refused. */
  readonly problem: string | null
}

export type Outbox = readonly OutboxEntry[]

/** What was kept of an outbox; what an older page wrote in another shape is left alone. */
export function readOutbox(kept: readonly unknown[]): Outbox {
  return kept.filter(isEntry)
}

function isEntry(kept: unknown): kept is OutboxEntry {
  const entry = (kept ?? {}) as Record<string, unknown>
  const texts = ['client_message_id', 'conversation_key', 'content', 'asked_at', 'state']
  return texts.every((name) => typeof entry[name] === 'string') && typeof entry['sent'] === 'number'
}

const newPrefix = 'new:'

export function newConversationKey(unique: string): string {
  return newPrefix + unique
}

/** Null for a conversation that the server has not made yet. */
export function conversationIdOf(key: string): string | null {
  return key.startsWith(newPrefix) ? null : key
}

export function changeEntry(outbox: Outbox, id: string, change: Partial<OutboxEntry>): Outbox {
  return outbox.map((entry) => (entry.client_message_id === id ? { ...entry, ...change } : entry))
}

export function removeEntries(outbox: Outbox, ids: ReadonlySet<string>): Outbox {
  return outbox.some((entry) => ids.has(entry.client_message_id)) ? outbox.filter((entry) => !ids.has(entry.client_message_id)) : outbox
}

/** Adds what is not there yet, in the order of writing. */
export function addEntries(outbox: Outbox, added: Outbox): Outbox {
  const known = new Set(outbox.map((entry) => entry.client_message_id))
  const fresh = added.filter((entry) => !known.has(entry.client_message_id))
  return fresh.length === 0 ? outbox : [...outbox, ...fresh].sort((a, b) => (a.asked_at < b.asked_at ? -1 : a.asked_at > b.asked_at ? 1 : 0))
}

/** After a lost connection nobody knows what arrived: everything that left or waited may leave again. */
export function requeueUnacknowledged(outbox: Outbox): Outbox {
  return outbox.map((entry) => (entry.state === 'sending' || entry.state === 'held' ? { ...entry, state: 'queued' } : entry))
}

/** A turn of this conversation closed: what waited for it may leave. */
export function releaseHeld(outbox: Outbox, key: string): Outbox {
  return outbox.map((entry) => (entry.state === 'held' && entry.conversation_key === key ? { ...entry, state: 'queued' } : entry))
}

/** The new conversation has its id now, and so have the entries that were written into it. */
export function moveEntries(outbox: Outbox, from: string, to: string): Outbox {
  return from === to ? outbox : outbox.map((entry) => (entry.conversation_key === from ? { ...entry, conversation_key: to } : entry))
}

/** The entries that may leave now: the first of each conversation, unless a turn runs there. */
export function sendable(outbox: Outbox, isRunning: (key: string) => boolean): Outbox {
  const first = new Map<string, OutboxEntry>()
  for (const entry of outbox) {
    if (entry.state !== 'refused' && !first.has(entry.conversation_key)) first.set(entry.conversation_key, entry)
  }
  return [...first.values()].filter((entry) => entry.state === 'queued' && !isRunning(entry.conversation_key))
}

/** Questions of a new conversation that a reload interrupted belong to the new conversation that is shown now. */
export function restored(stored: readonly OutboxEntry[], openKey: string): readonly OutboxEntry[] {
  const isNew = conversationIdOf(openKey) === null
  return stored.map((entry) => (isNew && conversationIdOf(entry.conversation_key) === null ? { ...entry, conversation_key: openKey } : entry))
}

/** What is asked, before it has a place and an id. */
export type Asked = Pick<OutboxEntry, 'content' | 'agent_id' | 'asks'>

export function newEntry(id: string, key: string, asked: Asked, now: Date): OutboxEntry {
  return { client_message_id: id, conversation_key: key, ...asked, asked_at: now.toISOString(), sent: 0, state: 'queued', problem: null }
}

/** What the native socket is told of an entry. */
export function questionOf(entry: OutboxEntry) {
  const id = conversationIdOf(entry.conversation_key)
  return {
    content: entry.content,
    ...askedBy(entry),
    ...(id === null ? {} : { conversation_id: id }),
    ...(entry.asks?.kind === 'edit' ? { parent_id: entry.asks.parent_id } : {}),
  }
}

export function askedBy({ client_message_id, agent_id }: OutboxEntry) {
  return { client_message_id, ...(agent_id === null ? {} : { agent_id }) }
}

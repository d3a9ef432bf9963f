/**
 * What this browser keeps between reloads: unacknowledged questions, drafts, the agent last chosen. A browser that
 * refuses storage (private windows, a full disk) loses only the keeping, never the page.
 */
/** As much of the browser's Storage as is used here. */
export interface KeyValueStore {
  readonly length: number
  key(index: number): string | null
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/** A question by its key; the rest of its shape is the business of whoever reads it back. */
interface Keyed {
  readonly client_message_id: string
}

export interface LocalStore {
  /** Keeps exactly these entries of the ones this page knows; entries that another tab wrote stay. */
  saveOutbox(before: readonly Keyed[], after: readonly Keyed[]): void
  /** What was saved, as parsed JSON of any shape. */
  outbox(): readonly unknown[]
  /** The client message id of a key that holds a question; null for every other key. */
  questionIdOf(key: string): string | null
  saveDraft(place: string, text: string): void
  drafts(): Readonly<Record<string, string>>
  saveAgent(id: string): void
  agent(): string | null
}

/** One key per entry and per draft, so that two tabs do not overwrite each other. */
const outboxPrefix = 'parley.outbox.'
const draftPrefix = 'parley.draft.'
const agentKey = 'parley.agent'

export function openLocalStore(store: KeyValueStore | null): LocalStore {
  const attempt = <T>(act: (open: KeyValueStore) => T, otherwise: T): T => {
    try {
      return store === null ? otherwise : act(store)
    } catch {
      return otherwise
    }
  }
  const put = (key: string, value: string | null) =>
    attempt((open) => (value === null ? open.removeItem(key) : open.setItem(key, value)), undefined)
  const all = (prefix: string) => attempt((open) => entriesUnder(open, prefix), [])
  return {
    saveOutbox: (before, after) => {
      for (const entry of before) if (!after.some((kept) => kept.client_message_id === entry.client_message_id)) put(outboxPrefix + entry.client_message_id, null)
      for (const entry of after) if (!before.includes(entry)) put(outboxPrefix + entry.client_message_id, JSON.stringify(entry))
    },
    outbox: () => all(outboxPrefix).flatMap(([, value]) => parsed(value)),
    questionIdOf: (key) => (key.startsWith(outboxPrefix) ? key.slice(outboxPrefix.length) : null),
    saveDraft: (place, text) => put(draftPrefix + place, text.trim() === '' ? null : text),
    drafts: () => Object.fromEntries(all(draftPrefix)),
    saveAgent: (id) => put(agentKey, id),
    agent: () => attempt((open) => open.getItem(agentKey), null),
  }
}

function entriesUnder(store: KeyValueStore, prefix: string): (readonly [string, string])[] {
  const keys = Array.from({ length: store.length }, (_, index) => store.key(index) ?? '').filter((key) => key.startsWith(prefix))
  return keys.map((key) => [key.slice(prefix.length), store.getItem(key) ?? ''] as const)
}

/** Nothing for what is not JSON. */
function parsed(value: string): readonly unknown[] {
  try {
    return [JSON.parse(value)]
  } catch {
    return []
  }
}

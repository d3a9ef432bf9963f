/** Fills a database with conversations in bulk and brings them into the search by the store's own commands, on any engine. */
import type { Actor } from '../../server/lib/actor.ts'
import { documentTerms, type DocumentTerms } from '../../server/lib/search/document-terms.ts'
import { change, type Command } from '../../server/store/command.ts'
import { addDocuments } from '../../server/store/commands/add-documents.ts'
import { finishMerge, writePostings } from '../../server/store/commands/merge-documents.ts'
import { planMerge } from '../../server/store/queries/plan-merge.ts'
import type { Sql } from '../../server/store/schema.ts'
import type { PreparedDocument } from '../../server/store/search-index.ts'

/** An engine that runs each command as one transaction. */
export interface Engine {
  readonly db: Sql
  run<T>(command: Command<T>): Promise<T>
}

const messagesTogether = 500
const inConversation = 10
/** Merges of a bulk take as many documents together as there are: the blocks come out the same, and are written once. */
const mergedTogether = { documents: 10_000, characters: 100_000_000 }

export interface Bulk {
  readonly actor: Actor
  readonly count: number
  /** Makes one message. Ten of them are a conversation, with a title of its own. */
  readonly write: () => string
}

/** Resolves with the messages. */
export async function fillSearch(engine: Engine, { actor, count, write }: Bulk): Promise<readonly string[]> {
  const texts: string[] = []
  for (let n = 0; n < count; n += messagesTogether) {
    const made = Array.from({ length: Math.min(messagesTogether, count - n) }, (_, i) => ({ actor, number: n + i, text: write() }))
    texts.push(...made.map(({ text }) => text))
    await engine.run(insertMessages(engine.db, made))
    await engine.run(addDocuments(engine.db, { documents: made.flatMap(prepared), now: 2 }))
    if (n + messagesTogether >= count || (n + messagesTogether) % mergedTogether.documents === 0) await mergeAll(engine)
  }
  return texts
}

async function mergeAll(engine: Engine): Promise<void> {
  for (let merge = await engine.run(planMerge(engine.db, mergedTogether)); merge; merge = await engine.run(planMerge(engine.db, mergedTogether))) {
    const { archiveId, upTo, slices } = merge
    await engine.run(function* () {
      for (const slice of slices) yield* writePostings(engine.db, { archiveId, slice })
      yield* finishMerge(engine.db, { archiveId, upTo })
    }())
  }
}

export interface MadeMessage {
  readonly actor: Actor
  /** 0, 1, 2 …: of its user's messages. */
  readonly number: number
  readonly text: string
}

const conversationOf = ({ actor, number }: MadeMessage) => `c_${actor.userId}_${Math.floor(number / inConversation)}`
const messageOf = ({ actor, number }: MadeMessage) => `m_${actor.userId}_${number}`
const isFirst = ({ number }: MadeMessage) => number % inConversation === 0
const roleOf = ({ number }: MadeMessage) => (number % 2 === 0 ? 'user' : 'assistant')
const titleOf = (text: string) => text.split(' ').slice(0, 5).join(' ')

/** Questions and answers as rows, and a conversation for each first one. None of it is in the search yet. */
export function* insertMessages(db: Sql, made: readonly MadeMessage[]): Command<void> {
  const owned = ({ actor }: MadeMessage) => ({ tenant_id: actor.tenantId, user_id: actor.userId })
  const conversations = made.filter(isFirst).map((one) => ({
    ...owned(one), id: conversationOf(one), title: titleOf(one.text), agent_id: 'AnimA', memory_mode: 'persistent' as const, archived: 0, running_turn_id: null,
    newest_message_id: null, message_count: inConversation, rev: 1, created_at: one.number, updated_at: one.number, deleted_at: null,
  }))
  if (conversations.length > 0) yield* change(db.insertInto('conversation').values(conversations))
  yield* change(db.insertInto('message').values(made.map((one) => ({
    ...owned(one), id: messageOf(one), conversation_id: conversationOf(one), position: one.number % inConversation, parent_id: null, version: 1, role: roleOf(one),
    agent_id: null, turn_id: 't_made', parts: JSON.stringify([{ type: 'text', text: one.text }]), outcome: one.number % 2 === 0 ? null : 'completed', failure: null,
    receipt: null, row_lengths: null, estimated_tokens: Math.ceil(one.text.length / 4), path_tokens: 50, depth: 0, format: 1, created_at: one.number,
  }))))
}

/** Texts that come again are taken apart once. */
const taken = new Map<string, DocumentTerms>()
const mostTaken = 5000

function termsOf(text: string): DocumentTerms {
  const known = taken.get(text)
  if (known) return known
  if (taken.size >= mostTaken) taken.clear()
  const terms = documentTerms(text)
  taken.set(text, terms)
  return terms
}

function prepared(made: MadeMessage): readonly PreparedDocument[] {
  const { actor, number, text } = made
  const common = { actor, conversationId: conversationOf(made), createdAt: number }
  const body: PreparedDocument = { ...common, kind: roleOf(made), messageId: messageOf(made), title: null, ...termsOf(text) }
  const title = titleOf(text)
  return isFirst(made) ? [{ ...common, kind: 'title', messageId: null, title, ...termsOf(title) }, body] : [body]
}

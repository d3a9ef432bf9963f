/** Fills a database with conversations in bulk and brings them into the search through the store's own commands, without its threads. */
import { documentTerms, type DocumentTerms } from '../../server/lib/search/document-terms.ts'
import type { Actor } from '../../server/lib/actor.ts'
import { addDocuments } from '../../server/store/commands/add-documents.ts'
import { finishMerge, writePostings } from '../../server/store/commands/merge-documents.ts'
import { planMerge } from '../../server/store/queries/plan-merge.ts'
import type { PreparedDocument } from '../../server/store/search-index.ts'
import { sqliteSql } from '../../server/store/sqlite/compiler.ts'
import type { Connection } from '../../server/store/sqlite/connection.ts'

const messagesTogether = 512
const inConversation = 10
const untold = {
  parent_id: null, version: 1, agent_id: null, turn_id: 't_made', outcome: null, failure: null, receipt: null, row_lengths: null,
  estimated_tokens: 50, path_tokens: 50, depth: 0, format: 1,
}

export interface Filled {
  readonly texts: readonly string[]
  /** How long each command held the writer, in milliseconds. */
  readonly heldMs: readonly number[]
}

/** `write` makes one message. Ten of them are a conversation, with a title of its own. */
export function fillSearch(connection: Connection, actor: Actor, count: number, write: () => string): Filled {
  const texts: string[] = []
  const heldMs: number[] = []
  const timed = (work: () => void) => {
    const began = performance.now()
    work()
    heldMs.push(performance.now() - began)
  }
  for (let n = 0; n < count; n += messagesTogether) {
    const made = Array.from({ length: Math.min(messagesTogether, count - n) }, (_, i) => ({ number: n + i, text: write() }))
    texts.push(...made.map(({ text }) => text))
    connection.transaction('immediate', () => {
      insertRows(connection, actor, made)
      const documents = made.flatMap((one) => prepared(actor, one))
      for (let at = 0; at < documents.length; at += 16) timed(() => connection.run(addDocuments(sqliteSql, { documents: documents.slice(at, at + 16), now: 2 })))
      for (let merge = connection.run(planMerge(sqliteSql)); merge; merge = connection.run(planMerge(sqliteSql))) {
        const { archiveId, upTo, slices } = merge
        for (const slice of slices) timed(() => connection.run(writePostings(sqliteSql, { archiveId, slice })))
        timed(() => connection.run(finishMerge(sqliteSql, { archiveId, upTo })))
      }
    })
  }
  return { texts, heldMs }
}

interface MadeMessage {
  readonly number: number
  readonly text: string
}

const conversationOf = (actor: Actor, number: number) => `c_${actor.userId}_${Math.floor(number / inConversation)}`
const messageOf = (actor: Actor, number: number) => `m_${actor.userId}_${number}`
const titleOf = (text: string) => text.split(' ').slice(0, 5).join(' ')

function insertRows(connection: Connection, actor: Actor, made: readonly MadeMessage[]): void {
  const { tenantId: tenant_id, userId: user_id } = actor
  const conversation = connection.database.prepare(
    "insert into conversation (id, tenant_id, user_id, title, agent_id, memory_mode, archived, message_count, rev, created_at, updated_at) values (?, ?, ?, ?, 'AnimA', 'persistent', 0, 10, 1, ?, ?)",
  )
  const columns = { id: '', tenant_id, user_id, conversation_id: '', position: 0, role: '', parts: '', created_at: 0, ...untold }
  const message = connection.database.prepare(`insert into message (${Object.keys(columns).join(', ')}) values (${Object.keys(columns).map(() => '?').join(', ')})`)
  for (const { number, text } of made) {
    const conversation_id = conversationOf(actor, number)
    if (number % inConversation === 0) conversation.run(conversation_id, tenant_id, user_id, titleOf(text), number, number)
    message.run(...Object.values({
      ...columns, id: messageOf(actor, number), conversation_id, position: number % inConversation, role: number % 2 === 0 ? 'user' : 'assistant',
      parts: JSON.stringify([{ type: 'text', text }]), created_at: number,
    }))
  }
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

function prepared(actor: Actor, { number, text }: MadeMessage): readonly PreparedDocument[] {
  const conversationId = conversationOf(actor, number)
  const body: PreparedDocument = {
    actor, kind: number % 2 === 0 ? 'user' : 'assistant', conversationId, messageId: messageOf(actor, number), title: null, createdAt: number, ...termsOf(text),
  }
  if (number % inConversation > 0) return [body]
  const title = titleOf(text)
  return [{ actor, kind: 'title', conversationId, messageId: null, title, createdAt: number, ...termsOf(title) }, body]
}

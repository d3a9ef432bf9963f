/** The tables, as Kysely types. Moments are milliseconds since 1970; JSON is text; flags are 0 or 1. */
import type { Generated, Kysely } from 'kysely'
import type { DocumentKind } from '../lib/search/document-shape.ts'
import type { Dialect } from './dialect.ts'

export interface ConversationTable {
  id: string
  tenant_id: string
  user_id: string
  title: string | null
  agent_id: string
  memory_mode: 'persistent' | 'session'
  archived: number
  /** 1: stands on top of its list. */
  pinned: Generated<number>
  /** 1: an answer came that nobody has looked at. */
  unread: Generated<number>
  running_turn_id: string | null
  /** The end of the branch that is shown, where the next question hangs: the answer of the newest turn, or what was chosen since. */
  newest_message_id: string | null
  message_count: number
  rev: number
  created_at: number
  updated_at: number
  deleted_at: number | null
  /** The title as the search knows it; another one than the title's waits to be indexed. */
  indexed_title: Generated<string | null>
}

export interface MessageTable {
  id: string
  tenant_id: string
  user_id: string
  conversation_id: string
  /** 0, 1, 2 …: the order in which messages entered their conversation. */
  position: number
  parent_id: string | null
  version: number
  role: 'user' | 'assistant'
  agent_id: string | null
  turn_id: string
  parts: string
  outcome: string | null
  failure: string | null
  receipt: string | null
  /** The shape of the compacted log; see SettleTurn.rowLengths. */
  row_lengths: string | null
  estimated_tokens: number
  /** Estimated tokens from the conversation's first message down to this one, along parents. */
  path_tokens: number
  /** Messages above this one, along parents. */
  depth: number
  format: number
  created_at: number
  /** What the user thinks of it, as JSON; the last row of `rating`. */
  rating: Generated<string | null>
  /** Null: the search does not know it yet. */
  indexed_at: Generated<number | null>
}

export interface TurnTable {
  id: string
  tenant_id: string
  user_id: string
  conversation_id: string
  client_message_id: string
  request_hash: string
  message_id: string
  response_id: string
  agent_id: string
  requested_model: string | null
  temperature: number
  language: 'en' | 'fr'
  version: number
  state: string
  fence: number
  /** The process that runs it; null where an older version opened it. */
  owner: string | null
  /** By the database's clock: until then nobody else may take it. 0 where processes cannot share the data. */
  lease_until: Generated<number>
  /** 1: its user asked for its end. */
  stop_requested: Generated<number>
  /** SQLite: rows of this turn have larger ids than this in the hot log. Postgres: 0. */
  log_start: number
  /** The terminal event's seq once the turn is closed; 0 before, when its owner and the log know. */
  last_seq: number
  failure: string | null
  created_at: number
  closed_at: number | null
}

export interface AttemptTable {
  turn_id: string
  n: number
  provider: string
  model: string
  state: string
  error: string | null
  provider_status: number | null
  usage: string | null
  started_at: number
  first_delta_at: number | null
  ended_at: number | null
}

export interface TurnEventTable {
  /** SQLite only: the order of commits. On Postgres, where many write at once, a row's key is (turn_id, seq). */
  id: Generated<number>
  turn_id: string
  seq: number
  kind: 'text' | 'reasoning'
  payload: string
  format: Generated<number>
}

export interface ReceiptTable {
  id: string
  turn_id: string
  tenant_id: string
  user_id: string
  version: number
  body: string
  created_at: number
}

/** What users thought of answers: each change is a row more. */
export interface RatingTable {
  turn_id: string
  /** 1, 2, …: the highest counts. */
  n: number
  tenant_id: string
  user_id: string
  /** Null: it was taken back. */
  rating: 'up' | 'down' | null
  reason: string | null
  created_at: number
}

export interface EmergenceSessionTable {
  tenant_id: string
  user_id: string
  session_id: string
  conversation_id: string
}

/** What one user can search: everything they have, counted. Other users' words and numbers are not in it. */
export interface SearchArchiveTable {
  id: number
  tenant_id: string
  user_id: string
  /** The number of the newest document; numbers are given in order, from 1. */
  last_document: number
  /** Documents up to this number stand in the postings; what stands there of later ones does not count yet. */
  merged_document: number
  /** Postings after this lexeme may still name documents that were purged; null: none do. */
  forget_after: Generated<string | null>
  /** How often something was purged: a slice that was planned before does not count. */
  purges: Generated<number>
  title_documents: number
  title_words: number
  body_documents: number
  body_words: number
}

/** One title or one message under its number. Without a row a number is no document any more. */
export interface SearchDocumentTable {
  archive_id: number
  document: number
  kind: DocumentKind
  conversation_id: string
  /** Null for a title. */
  message_id: string | null
  created_at: number
  /** See lib/search/document-shape.ts. */
  shape: number
  /** See lib/search/document-terms.ts; null once they stand in the postings. */
  terms: string | null
}

/** A block of a lexeme's postings; see lib/search/postings.ts. */
export interface SearchPostingTable {
  archive_id: number
  lexeme: string
  block: number
  last_document: number
  postings: number
  bytes: Uint8Array
}

/** The shapes of merged documents, one byte each, `shapesTogether` a row. */
export interface SearchShapesTable {
  archive_id: number
  chunk: number
  bytes: Uint8Array
}

/** Work to be done in the background, and who has which duty; see job.ts. */
export interface JobTable {
  id: string
  kind: string
  key: string | null
  tenant_id: string
  user_id: string
  payload: string
  /** 'waiting' (also while it is leased), 'dead', or 'duty'. What is done is gone. */
  state: string
  run_at: number
  attempts: number
  lease_owner: string | null
  lease_until: number | null
  fence: number
  last_error: string | null
  created_at: number
}

/** What the store knows of itself: schema, min_reader, epoch. */
export interface StoreFactTable {
  name: string
  value: string
}

export interface Schema {
  conversation: ConversationTable
  message: MessageTable
  turn: TurnTable
  attempt: AttemptTable
  turn_event: TurnEventTable
  receipt: ReceiptTable
  rating: RatingTable
  emergence_session: EmergenceSessionTable
  search_archive: SearchArchiveTable
  search_document: SearchDocumentTable
  search_posting: SearchPostingTable
  search_shapes: SearchShapesTable
  job: JobTable
  store_fact: StoreFactTable
}

/** Builds queries of one dialect, and knows where the dialects part. It runs none: see command.ts. */
export interface Sql extends Kysely<Schema> {
  readonly dialect: Dialect<Sql>
}

/**
 * The port to durable truth. A command is one whole transaction: when its promise resolves, it is on disk; when it
 * rejects, nothing of it is. No transaction handle leaves the store. Every read and write carries its owner.
 */
import type { Conversation, MemoryMode } from '#protocol/conversation.ts'
import type { BranchMessage, Message, Part, Rating } from '#protocol/message.ts'
import type { Language } from '#protocol/primitives.ts'
import type { Attempt, Failure, FailureCode, Outcome, Receipt, Turn, Usage } from '#protocol/turn.ts'
import type { Actor } from '../lib/actor.ts'
import type { DutyStore, JobStore, Slice } from './job.ts'
import type { SearchIndex } from './search-index.ts'

export interface OpenTurn {
  readonly actor: Actor
  /** Null: a conversation is made in the same commit, under `newConversationId`. */
  readonly conversationId: string | null
  readonly newConversationId: string
  readonly title: string
  readonly memoryMode: MemoryMode
  readonly clientMessageId: string
  /** SHA-256 over everything that was asked, so that the same id with other content is told apart. */
  readonly requestHash: string
  readonly turnId: string
  /** The id of the user message, if one is made. */
  readonly messageId: string
  /** The answer that the new user message hangs on; null: it begins the conversation again. Absent: the end of the branch that is shown. */
  readonly parentId?: string | null
  /** Answers a user message that is there already, with another version, instead of making one. */
  readonly answersMessageId: string | null
  readonly responseId: string
  /** Null: the conversation's own agent. */
  readonly agentId: string | null
  /** The agent of a conversation that is made in this commit. */
  readonly defaultAgentId: string
  readonly requestedModel: string | null
  readonly temperature: number
  readonly language: Language
  readonly content: string
  readonly estimatedTokens: number
  /** Milliseconds since 1970. */
  readonly now: number
  /** Running turns this user may have, this one included; null without a limit. */
  readonly runningLimit: number | null
}

/** A turn that this process owns and must bring to its end. Appends and the settlement carry the fence. */
export interface RunningTurn {
  readonly actor: Actor
  readonly turnId: string
  readonly conversationId: string
  readonly messageId: string
  readonly responseId: string
  readonly clientMessageId: string
  readonly agentId: string
  readonly requestedModel: string | null
  readonly temperature: number
  readonly language: Language
  readonly fence: number
  readonly openedAt: number
}

export type OpenedTurn =
  | { readonly kind: 'opened'; readonly turn: RunningTurn; readonly newConversation: boolean }
  /** The same client message id with the same content was sent before: this is its turn, whatever its state. */
  | { readonly kind: 'repeated'; readonly turn: Turn }
  | { readonly kind: 'reused_id'; readonly turnId: string }
  | { readonly kind: 'turn_running'; readonly turnId: string }
  | { readonly kind: 'too_many_turns' }
  | { readonly kind: 'conversation_not_found' }
  /** The message to answer is not there, or is no user message; or the one to hang on is no answer. */
  | { readonly kind: 'message_not_found' }

/**
 * One row of a turn's log: the text since the last row. `seq` starts at 1 and has no gaps. The terminal row is written by the
 * settlement. The text is never empty and never ends or begins in the middle of a character (a lone surrogate).
 */
export interface DeltaRow {
  readonly seq: number
  readonly kind: 'text' | 'reasoning'
  readonly text: string
}

export interface DeltaBatch {
  readonly turnId: string
  readonly fence: number
  readonly rows: readonly DeltaRow[]
}

export interface StartAttempt {
  readonly turnId: string
  readonly fence: number
  readonly n: number
  readonly provider: string
  readonly model: string
  /** What it takes at least, counted before the call: all that is known of it if its process dies. */
  readonly usage?: Usage | null
  readonly now: number
}

export interface EndAttempt {
  readonly turnId: string
  readonly fence: number
  readonly n: number
  readonly state: Exclude<Attempt['state'], 'running'>
  readonly error: FailureCode | null
  readonly providerStatus: number | null
  readonly firstDeltaAt: number | null
  readonly usage: Usage | null
  readonly now: number
}

export interface SettleTurn {
  readonly turnId: string
  readonly fence: number
  readonly outcome: Outcome
  readonly failure: Failure | null
  readonly parts: readonly Part[]
  /** The shape of the log, in order: the length of each text row as it is, of each reasoning row negative, in UTF-16 units. Its seq is its place, from 1; the terminal's seq is one more. */
  readonly rowLengths: readonly number[]
  readonly receipt: Receipt
  /** The state of the attempt that ran last, closed in the same commit; null when none was started or it is closed already. */
  readonly attempt: EndAttempt | null
  readonly estimatedTokens: number
  readonly now: number
}

/** False: the lease was lost or the turn is closed; nothing was written. */
export type Written = boolean

/** What is known of a turn that its process left running: enough to close it. */
export interface AbandonedTurn extends RunningTurn {
  readonly rows: readonly DeltaRow[]
  readonly attempts: readonly Attempt[]
}

/** A turn as its owner knows it. */
export interface HeldTurn {
  readonly turnId: string
  readonly fence: number
}

/** A turn's log as it can be followed: every row as it was first committed, and how it ended. */
export interface TurnLog {
  readonly turn: Turn
  readonly rows: readonly DeltaRow[]
  /** Null while the turn runs. */
  readonly receipt: Receipt | null
}

export interface HistoryMessage {
  readonly id: string
  readonly role: 'user' | 'assistant'
  readonly content: string
  readonly estimatedTokens: number
}

export interface History {
  /** Oldest first, whole exchanges, without the question itself. */
  readonly messages: readonly HistoryMessage[]
  /** Earlier messages that did not fit. */
  readonly leftOut: number
}

/** Which piece of a branch is read: at most `limit` messages on a side of one, or the newest. */
export type BranchPlace =
  | { readonly side: 'before' | 'after' | 'around'; readonly id: string; readonly limit: number }
  | { readonly side: 'end'; readonly id?: undefined; readonly limit: number }

export interface Branch {
  readonly conversation: Conversation
  /** Oldest first, without gaps. */
  readonly messages: readonly BranchMessage[]
}

export type RatedTurn =
  | { readonly kind: 'rated'; readonly message: Message; readonly changed: boolean }
  | { readonly kind: 'turn_running' }
  | { readonly kind: 'not_found' }

/** What its user may change of a conversation; what is not said stays. */
export interface ConversationChange {
  readonly title?: string | undefined
  readonly archived?: boolean | undefined
  readonly pinned?: boolean | undefined
  readonly unread?: boolean | undefined
  /** The branch through this message is shown from now on, down to the newest below it. */
  readonly leafId?: string | undefined
}

export interface PageRequest {
  readonly page: number
  readonly perPage: number
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly total: number
}

/** One turn's timeline for an operator: no text. */
export interface TurnTimeline {
  readonly turn: Turn
  readonly tenantId: string
  readonly userId: string
  readonly attempts: readonly Attempt[]
  readonly receipt: Receipt | null
  readonly loggedRows: number
}

/** How far planning has come among hidden conversations. */
export interface PlannedUpTo {
  readonly deletedAt: number
  readonly id: string
}

export interface Store extends JobStore, DutyStore, SearchIndex, AsyncDisposable {
  /** The log's life: another one after a restore, so that cursors into the old life are known for what they are. */
  readonly epoch: string
  /** Milliseconds that a turn stays with its process after each sign of life; null where no other process can have this store. */
  readonly leaseMs: number | null

  // ── Commands: the turn ──
  openTurn(command: OpenTurn): Promise<OpenedTurn>
  startAttempt(command: StartAttempt): Promise<Written>
  endAttempt(command: EndAttempt): Promise<Written>
  /** Rows of many turns in one commit. Resolves with the turns whose lease was lost: of those nothing was written. */
  appendDeltas(batches: readonly DeltaBatch[]): Promise<readonly string[]>
  settleTurn(command: SettleTurn): Promise<Written>
  /** Takes over every turn that is left running by a process that is gone: without leases any that runs. Safe to repeat, also after a crash in its middle. */
  claimAbandonedTurns(): Promise<readonly AbandonedTurn[]>
  /** Says that this process still runs these turns, or none. Resolves with those that it does not have any more. */
  renewLeases(turns: readonly HeldTurn[]): Promise<readonly string[]>
  /** Leaves word for whoever runs the turn that its user wants it to end. False: it does not run, is not there, or is not this actor's. */
  requestStop(actor: Actor, turnId: string): Promise<boolean>
  /** What the user thinks of a closed turn's answer; null takes it back. */
  rateTurn(command: { actor: Actor; turnId: string; rating: Rating | null; now: number }): Promise<RatedTurn>
  /** Deletes the hot rows of closed turns, a bounded slice a call. `after` is 0 or where the last slice said the next one starts; null at the end. */
  compactLog(after: number): Promise<number | null>

  // ── Commands: conversations ──
  createConversation(command: { actor: Actor; id: string; title: string | null; agentId: string; memoryMode: MemoryMode; now: number }): Promise<Conversation>
  /** Null: not there, or not this actor's. */
  changeConversation(command: { actor: Actor; id: string } & ConversationChange): Promise<Conversation | null>
  /** Hides it, and asks for its purge at the end of its time. */
  deleteConversation(command: { actor: Actor; id: string; now: number }): Promise<boolean>
  /** Undoes that. Null: not there, not this actor's, or too late. */
  restoreConversation(command: { actor: Actor; id: string; now: number }): Promise<Conversation | null>
  /** Takes away a slice of a conversation whose time is over. Safe to repeat. */
  purgeConversation(command: { actor: Actor; id: string; now: number }): Promise<Slice>
  /** Asks for the purge of what a version without jobs hid, a slice a call. Resolves with where the next slice starts; null at the end. */
  planPurges(command: { after: PlannedUpTo | null; now: number }): Promise<PlannedUpTo | null>
  /** The conversation of an ÉMERGENCE session; from the first message on it stays the same. */
  bindSession(command: { actor: Actor; sessionId: string; conversationId: string }): Promise<string>

  // ── Point reads ──
  findConversation(actor: Actor, id: string): Promise<Conversation | null>
  findTurn(actor: Actor, id: string): Promise<Turn | null>
  findMessage(actor: Actor, id: string): Promise<Message | null>
  findReceipt(actor: Actor, turnId: string): Promise<Receipt | null>
  findSessionConversation(actor: Actor, sessionId: string): Promise<string | null>
  /** The rows after seq `after`, 0 unless it is said. */
  readLog(actor: Actor, turnId: string, after?: number): Promise<TurnLog | null>
  /** Those of these turns of this process whose users left word that they should end. */
  findStopRequests(turnIds: readonly string[]): Promise<readonly string[]>
  /** The newest exchanges before `messageId` that fit `tokens` together with it, found by index: the cost is that of what is returned. */
  readHistory(actor: Actor, conversationId: string, messageId: string, tokens: number): Promise<History>

  // ── Long reads, away from the thread that streams ──
  listConversations(actor: Actor, page: PageRequest & { archived: boolean }): Promise<Page<Conversation>>
  listMessages(actor: Actor, conversationId: string, page: PageRequest): Promise<Page<Message> | null>
  /** A piece of the branch that is shown. Around and after a message of another branch: its end. */
  readBranch(actor: Actor, conversationId: string, place: BranchPlace): Promise<Branch | null>
  readTimeline(turnId: string): Promise<TurnTimeline | null>

  /** Resolves when a read and a write both work; rejects with the reason. */
  check(): Promise<{ readonly engine: string; readonly durability: string }>
}

/** Why a command could not be carried out. `disk_full` recovers by itself once there is room. */
export class StoreError extends Error {
  readonly code: 'store_unavailable' | 'disk_full'
  constructor(code: 'store_unavailable' | 'disk_full', message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreError'
    this.code = code
  }
}

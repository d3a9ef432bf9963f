import { addDocuments } from '../commands/add-documents.ts'
import { bindSession, changeConversation, createConversation, deleteConversation, restoreConversation } from '../commands/conversations.ts'
import { compactLog } from '../commands/compact-log.ts'
import { endAttempt, startAttempt } from '../commands/attempts.ts'
import { leaveDuty, takeDuty } from '../commands/duties.ts'
import { finishJob, keepJob, retryJob, returnJob, takeJobs } from '../commands/jobs.ts'
import { openedBefore, openTurn } from '../commands/open-turn.ts'
import { renewLeases, requestStop } from '../commands/leases.ts'
import { finishMerge, forgetPostings, writePostings } from '../commands/merge-documents.ts'
import { planPurges, purgeConversation } from '../commands/purge.ts'
import { readDurability } from '../commands/read-durability.ts'
import { rateTurn } from '../commands/rate-turn.ts'
import { claimAbandonedTurns } from '../commands/recover-turns.ts'
import { settleTurn } from '../commands/settle-turn.ts'
import type { Command } from '../command.ts'
import { findConversation, findSessionConversation } from '../queries/conversations.ts'
import { readHistory } from '../queries/history.ts'
import { findMessage } from '../queries/messages.ts'
import { findReceipt, findStopRequests, findTurn, hasReceipt, readLog } from '../queries/turns.ts'
import { toStoreError } from '../described-error.ts'
import type { OpenedTurn, OpenTurn, SettleTurn, Store, Written } from '../store.ts'
import { StoreThread } from '../thread.ts'
import { postgresSql as db } from './compiler.ts'
import { Connections } from './connection.ts'
import { again, describeError, isConnectionLoss } from './errors.ts'
import { openDatabase, readEpoch } from './open-database.ts'

/** Connections for commands and point reads. Rows of running turns have one of their own, and the reader thread has its own. */
const poolConnections = 10

export interface PostgresOptions {
  readonly url: string
  /** The epoch of a database that is made here. */
  readonly newEpoch: string
  /** This process's name among those that share the database. */
  readonly owner: string
  /** How long a turn stays with its process after each sign of life. */
  readonly leaseMs: number
}

/**
 * Truth in a Postgres that many processes share: one reader thread, and commands and point reads over connections here.
 * Throws when it cannot be reached, is not safe, or holds data that is too new.
 */
export async function openPostgresStore({ url, newEpoch, owner, leaseMs }: PostgresOptions): Promise<Store> {
  let epoch = ''
  const migrating = new Connections({ url, connections: 1 })
  try {
    await openDatabase(migrating, newEpoch)
    epoch = await migrating.statements(readEpoch(db))
  } finally {
    await migrating.close()
  }
  // A connection that is made again may lead to another server, one that took the first one's place.
  const pool = new Connections({ url, connections: poolConnections, onConnect: async (run) => void (epoch = await run(readEpoch(db))) })
  const appender = new Connections({ url, connections: 1 })
  const reader = new StoreThread(new URL('./thread-entry.ts', import.meta.url), { url })
  return assemble({ pool, appender, reader, epochNow: () => epoch, lease: { owner, ms: leaseMs } })
}

interface Parts {
  readonly pool: Connections
  /** One connection writes rows and renews leases of all turns of this process: so it never waits for itself. */
  readonly appender: Connections
  readonly reader: StoreThread
  readonly epochNow: () => string
  readonly lease: { readonly owner: string; readonly ms: number }
}

function assemble({ pool, appender, reader, epochNow, lease }: Parts): Store {
  const told = <T>(work: Promise<T>): Promise<T> => work.catch((error: unknown) => { throw toStoreError(describeError(error)) })
  const write = <T>(command: Command<T>) => told(pool.transaction('write', command))
  /** For what is the same when it is done twice. */
  const writeAgain = <T>(command: () => Command<T>) => told(again(() => pool.transaction('write', command())))
  /** A read of one statement. */
  const point = <T>(query: () => Command<T>) => told(again(() => pool.statements(query())))
  /** A read of several: they see the same moment. */
  const read = <T>(query: () => Command<T>) => told(again(() => pool.transaction('read', query())))
  const unsure = new Set<string>()

  return {
    get epoch() {
      return epochNow()
    },
    leaseMs: lease.ms,
    openTurn: (command) => told(openOnce(pool, { ...command, epoch: epochNow(), lease })),
    startAttempt: (command) => writeAgain(() => startAttempt(db, command)),
    endAttempt: (command) => writeAgain(() => endAttempt(db, command)),
    appendDeltas: (batches) => told(appender.statements(db.dialect.hotLog.append(batches, lease))),
    settleTurn: (command) => told(settleOnce(pool, unsure, command)),
    claimAbandonedTurns: () => write(claimAbandonedTurns(db, { lease })),
    renewLeases: (turns) => told(appender.statements(renewLeases(db, { turns, lease }))),
    requestStop: (actor, turnId) => writeAgain(() => requestStop(db, { actor, turnId })),
    rateTurn: (command) => writeAgain(() => rateTurn(db, command)),
    compactLog: (after) => write(compactLog(db, { after })),
    createConversation: (command) => write(createConversation(db, command)),
    changeConversation: (command) => write(changeConversation(db, command)),
    deleteConversation: (command) => write(deleteConversation(db, command)),
    restoreConversation: (command) => write(restoreConversation(db, command)),
    purgeConversation: (command) => write(purgeConversation(db, command)),
    planPurges: (command) => write(planPurges(db, command)),
    bindSession: (command) => write(bindSession(db, command)),

    takeJobs: (command) => write(takeJobs(db, command)),
    keepJob: (command) => write(keepJob(db, command)),
    finishJob: (command) => write(finishJob(db, command)),
    retryJob: (command) => write(retryJob(db, command)),
    returnJob: (command) => write(returnJob(db, command)),
    takeDuty: (command) => write(takeDuty(db, command)),
    leaveDuty: (command) => write(leaveDuty(db, command)),
    countJobs: (kinds, now) => reader.call('countJobs', { kinds, now }),

    findConversation: (actor, id) => point(() => findConversation(db, { actor, id })),
    findTurn: (actor, turnId) => point(() => findTurn(db, { actor, turnId, epoch: epochNow() })),
    findMessage: (actor, id) => point(() => findMessage(db, { actor, id })),
    findReceipt: (actor, turnId) => read(() => findReceipt(db, { actor, turnId })),
    findSessionConversation: (actor, sessionId) => point(() => findSessionConversation(db, { actor, sessionId })),
    readLog: (actor, turnId, after = 0) => read(() => readLog(db, { actor, turnId, epoch: epochNow(), after })),
    findStopRequests: (turnIds) => point(() => findStopRequests(db, { turnIds })),
    readHistory: (actor, conversationId, messageId, tokens) => read(() => readHistory(db, { actor, conversationId, messageId, tokens })),

    listConversations: (actor, page) => reader.call('listConversations', { actor, page }),
    listMessages: (actor, conversationId, page) => reader.call('listMessages', { actor, conversationId, page }),
    readBranch: (actor, conversationId, place) => reader.call('readBranch', { actor, conversationId, place }),
    readTimeline: (turnId) => reader.call('readTimeline', { turnId, epoch: epochNow() }),

    addDocuments: (documents, now) => write(addDocuments(db, { documents, now })),
    writePostings: (archiveId, slice) => write(writePostings(db, { archiveId, slice })),
    finishMerge: (merge) => write(finishMerge(db, merge)),
    forgetPostings: (slice) => write(forgetPostings(db, slice)),
    readUnindexed: () => reader.call('readUnindexed', {}),
    planMerge: () => reader.call('planMerge', {}),
    planForgetting: () => reader.call('planForgetting', {}),
    searchConversations: (actor, request) => reader.call('searchConversations', { actor, request }),
    searchMessages: (actor, request) => reader.call('searchMessages', { actor, request }),

    async check() {
      const durability = await told(appender.transaction('write', readDurability(db)))
      await reader.call('findConversation', { actor: { tenantId: '', userId: '' }, id: '' })
      return { engine: 'postgres', durability }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([reader.close(), pool.close(), appender.close()])
    },
  }
}

/**
 * When the connection goes before the commit was answered, the turn may be there or not. Asking once more tells, because the
 * same client message id is the same turn; and a turn with the id that this command gave it is its own.
 */
async function openOnce(pool: Connections, command: Parameters<typeof openTurn>[1] & OpenTurn): Promise<OpenedTurn> {
  try {
    return await pool.transaction('write', openTurn(db, command))
  } catch (error) {
    if (!isConnectionLoss(error)) throw error
    return openedBefore(command, await pool.transaction('write', openTurn(db, command)))
  }
}

/**
 * A settlement whose answer was lost is tried again by whoever called. When it finds the turn closed, its receipt tells by
 * whom. `unsure` holds the ids of receipts that may be there.
 */
async function settleOnce(pool: Connections, unsure: Set<string>, command: SettleTurn): Promise<Written> {
  const { id } = command.receipt
  try {
    const written = await pool.transaction('write', settleTurn(db, command)) || (unsure.has(id) && await pool.statements(hasReceipt(db, { id })))
    unsure.delete(id)
    return written
  } catch (error) {
    if (isConnectionLoss(error)) unsure.add(id)
    throw error
  }
}

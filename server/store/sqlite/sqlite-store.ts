import type { commands } from '../commands.ts'
import type { Command } from '../command.ts'
import { findConversation, findSessionConversation } from '../queries/conversations.ts'
import { readHistory } from '../queries/history.ts'
import { findMessage } from '../queries/messages.ts'
import { findReceipt, findStopRequests, findTurn, readLog } from '../queries/turns.ts'
import type { Migration } from '../migrations.ts'
import { toStoreError } from '../described-error.ts'
import type { Store } from '../store.ts'
import { StoreThread } from '../thread.ts'
import { sqliteSql } from './compiler.ts'
import { Connection } from './connection.ts'
import { lockData } from './data-lock.ts'
import { describeError } from './errors.ts'
import { databaseFile, openDatabase, prepareDirectory } from './open-database.ts'

export interface SqliteOptions {
  readonly directory: string
  /** For a database that is made now. */
  readonly newEpoch: string
  /** The schema's history as this build knows it; tests open a store as an earlier build would. */
  readonly history?: readonly Migration[]
}

/**
 * Truth in one SQLite file: one writer thread, one reader thread, and point reads here on a read-only connection.
 * Throws when the directory cannot be written, is in use, or holds a database that is damaged, too new, or cannot be upgraded.
 */
export function openSqliteStore(options: SqliteOptions): Store {
  prepareDirectory(options.directory)
  const lock = lockData(options.directory)
  try {
    const file = databaseFile(options.directory)
    const { epoch } = openDatabase(file, options.newEpoch, { copyBefore: true, ...(options.history && { history: options.history }) })
    return assemble(file, epoch, lock)
  } catch (error) {
    lock[Symbol.dispose]()
    throw error
  }
}

const threadEntry = new URL('./thread-entry.ts', import.meta.url)

function assemble(file: string, epoch: string, lock: Disposable): Store {
  const writer = new StoreThread(threadEntry, { role: 'writer', file })
  const reader = new StoreThread(threadEntry, { role: 'reader', file })
  const here = new Connection(file, { readOnly: true })

  const write = <T>(name: keyof typeof commands, input: unknown): Promise<T> => writer.call<T>(name, input)
  const readHere = async <T>(query: Command<T>): Promise<T> => {
    try {
      return here.transaction('deferred', () => here.run(query))
    } catch (error) {
      throw toStoreError(describeError(error))
    }
  }

  return {
    epoch,
    leaseMs: null,
    openTurn: (command) => write('openTurn', { ...command, epoch }),
    startAttempt: (command) => write('startAttempt', command),
    endAttempt: (command) => write('endAttempt', command),
    appendDeltas: (batches) => write('appendDeltas', batches),
    settleTurn: (command) => write('settleTurn', command),
    claimAbandonedTurns: () => write('claimAbandonedTurns', {}),
    renewLeases: (turns) => write('renewLeases', { turns }),
    requestStop: (actor, turnId) => write('requestStop', { actor, turnId }),
    rateTurn: (command) => write('rateTurn', command),
    compactLog: (after) => write('compactLog', { after }),
    createConversation: (command) => write('createConversation', command),
    changeConversation: (command) => write('changeConversation', command),
    deleteConversation: (command) => write('deleteConversation', command),
    restoreConversation: (command) => write('restoreConversation', command),
    purgeConversation: (command) => write('purgeConversation', command),
    planPurges: (command) => write('planPurges', command),
    bindSession: (command) => write('bindSession', command),

    takeJobs: (command) => write('takeJobs', command),
    keepJob: (command) => write('keepJob', command),
    finishJob: (command) => write('finishJob', command),
    retryJob: (command) => write('retryJob', command),
    returnJob: (command) => write('returnJob', command),
    takeDuty: (command) => write('takeDuty', command),
    leaveDuty: (command) => write('leaveDuty', command),
    countJobs: (kinds, now) => reader.call('countJobs', { kinds, now }),

    findConversation: (actor, id) => readHere(findConversation(sqliteSql, { actor, id })),
    findTurn: (actor, turnId) => readHere(findTurn(sqliteSql, { actor, turnId, epoch })),
    findMessage: (actor, id) => readHere(findMessage(sqliteSql, { actor, id })),
    findReceipt: (actor, turnId) => readHere(findReceipt(sqliteSql, { actor, turnId })),
    findSessionConversation: (actor, sessionId) => readHere(findSessionConversation(sqliteSql, { actor, sessionId })),
    readLog: (actor, turnId, after = 0) => readHere(readLog(sqliteSql, { actor, turnId, epoch, after })),
    findStopRequests: (turnIds) => readHere(findStopRequests(sqliteSql, { turnIds })),
    readHistory: (actor, conversationId, messageId, tokens) => readHere(readHistory(sqliteSql, { actor, conversationId, messageId, tokens })),

    listConversations: (actor, page) => reader.call('listConversations', { actor, page }),
    listMessages: (actor, conversationId, page) => reader.call('listMessages', { actor, conversationId, page }),
    readBranch: (actor, conversationId, place) => reader.call('readBranch', { actor, conversationId, place }),
    readTimeline: (turnId) => reader.call('readTimeline', { turnId, epoch }),

    addDocuments: (documents, now) => write('addDocuments', { documents, now }),
    writePostings: (archiveId, slice) => write('writePostings', { archiveId, slice }),
    finishMerge: (merge) => write('finishMerge', merge),
    forgetPostings: (slice) => write('forgetPostings', slice),
    readUnindexed: () => reader.call('readUnindexed', {}),
    planMerge: () => reader.call('planMerge', {}),
    planForgetting: () => reader.call('planForgetting', {}),
    searchConversations: (actor, request) => reader.call('searchConversations', { actor, request }),
    searchMessages: (actor, request) => reader.call('searchMessages', { actor, request }),

    async check() {
      const durability = await writer.call<string>('readDurability', {})
      await reader.call('findConversation', { actor: { tenantId: '', userId: '' }, id: '' })
      return { engine: 'sqlite', durability }
    },
    async [Symbol.asyncDispose]() {
      // The writer goes last: whoever closes last folds the log into the database, and a reader cannot.
      await reader.close()
      here.close()
      await writer.close()
      lock[Symbol.dispose]()
    },
  }
}

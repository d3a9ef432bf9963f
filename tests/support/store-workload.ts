/**
 * A process that uses a store and says, one line each, what was acknowledged to it: the far end of fault tests, which kill it or
 * watch what it flushed. `node store-workload.ts '{"directory": …}'`
 */
import type { OpenedTurn, OpenTurn, Store } from '../../server/store/store.ts'
import { Connection } from '../../server/store/sqlite/connection.ts'
import { commitTogether } from '../../server/store/sqlite/group-commit.ts'
import { databaseFile, openDatabase, prepareDirectory } from '../../server/store/sqlite/open-database.ts'
import { openSqliteStore } from '../../server/store/sqlite/sqlite-store.ts'
import { question, settlement } from './store-samples.ts'

export interface Workload {
  readonly directory: string
  /** Turns that run side by side. */
  readonly lanes: number
  /** Turns of each lane, one after the other. */
  readonly turns: number
  readonly rows: number
  readonly settle: boolean
  /** When it is done: leave, or stay and hold the store open. */
  readonly atTheEnd: 'leave' | 'stay'
  /** Which store is used: ours, or one with a planted fault. */
  readonly store: keyof typeof stores
}

type Used = Pick<Store, 'openTurn' | 'appendDeltas' | 'settleTurn'>

const stores = {
  sqlite: (directory: string): Used => openSqliteStore({ directory, newEpoch: 'epoch-1' }),
  /** Acknowledges when it is asked and writes a moment later, as if to gather more. */
  'early acknowledgement': earlyStore,
  /** Commits without waiting for the disk. */
  'unflushed commits': unflushedStore,
}

/** The text of a row, which tells where it belongs. */
export const rowText = (turnId: string, seq: number): string => `${turnId}:${seq} `

function earlyStore(directory: string): Used {
  const store = openSqliteStore({ directory, newEpoch: 'epoch-1' })
  return {
    ...store,
    openTurn: (command) => {
      setTimeout(() => void store.openTurn(command), 5)
      return Promise.resolve({ kind: 'opened', newConversation: true, turn: { ...command, conversationId: command.newConversationId, agentId: 'AnimA', fence: 1, openedAt: command.now } } satisfies OpenedTurn)
    },
  }
}

function unflushedStore(directory: string): Used {
  prepareDirectory(directory)
  openDatabase(databaseFile(directory), 'epoch-1')
  const connection = new Connection(databaseFile(directory), { readOnly: false })
  connection.database.exec('pragma synchronous = normal')
  const write = async <T>(name: string, input: unknown): Promise<T> => {
    const [reply] = commitTogether(connection, [{ id: 1, name, input }])
    if (reply === undefined || 'error' in reply) throw new Error(JSON.stringify(reply))
    return reply.result as T
  }
  return {
    openTurn: (command) => write('openTurn', { ...command, epoch: 'epoch-1' }),
    appendDeltas: (batches) => write('appendDeltas', batches),
    settleTurn: (command) => write('settleTurn', command),
  }
}

/** Writing to a pipe waits until the line is in it, so a line was said if and only if the parent can read it. */
const say = (line: string) => process.stdout.write(`${line}\n`)

async function runTurn(store: Used, work: Workload, command: OpenTurn): Promise<void> {
  const opened = await store.openTurn(command)
  if (opened.kind !== 'opened') throw new Error(opened.kind)
  const { turn } = opened
  say(`opened ${turn.turnId}`)
  const rows = Array.from({ length: work.rows }, (_, i) => ({ seq: i + 1, kind: 'text', text: rowText(turn.turnId, i + 1) }) as const)
  for (const row of rows) {
    const lost = await store.appendDeltas([{ turnId: turn.turnId, fence: 1, rows: [row] }])
    if (lost.length > 0) throw new Error('The turn was lost.')
    say(`rows ${turn.turnId} ${row.seq}`)
  }
  if (!work.settle) return
  await store.settleTurn(settlement(turn, rows))
  say(`settled ${turn.turnId}`)
}

async function runLane(store: Used, work: Workload, lane: number): Promise<void> {
  const actor = { tenantId: 'acme', userId: `user-${lane}` }
  for (let i = 0; i < work.turns; i++) await runTurn(store, work, question(actor, { content: `Question ${i} of lane ${lane}.` }))
}

if (import.meta.main) {
  const work = JSON.parse(process.argv[2]!) as Workload
  const store = stores[work.store](work.directory)
  say('ready')
  await Promise.all(Array.from({ length: work.lanes }, (_, lane) => runLane(store, work, lane)))
  say('done')
  if (work.atTheEnd === 'leave') process.exit(0)
}

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Actor } from '../../../server/lib/actor.ts'
import type { OpenTurn, RunningTurn, Store } from '../../../server/store/store.ts'
import type { FaultSwitches } from './fault-switches.ts'

/** How late the bugs are that say something is on disk before it is. */
const lateMs = { open: 20, append: 200, settle: 300, appendAfterClose: 100 }

/**
 * A store with bugs that are there while they are switched on. What its commands resolve with is then a lie of one
 * definite kind, which the invariants must find out.
 */
export function storeWithBugs(store: Store, switches: FaultSwitches, dataDirectory: string): Store {
  return [writesLate, opensAgain, miscounts, writesAfterClose, recoversBadly, forgetsLogs, ignoresOwners]
    .reduce((wrapped, wrap) => ({ ...wrapped, ...wrap(wrapped, switches, dataDirectory) }), store)
}

type Wrap = (store: Store, switches: FaultSwitches, dataDirectory: string) => Partial<Store>

const writesLate: Wrap = (store, switches) => {
  const opening = new Map<string, Promise<unknown>>()
  let appending: Promise<unknown> = Promise.resolve()
  return {
    async openTurn(command) {
      if (!switches.has('acknowledged-before-commit') || command.conversationId !== null) return store.openTurn(command)
      opening.set(command.turnId, sleep(lateMs.open).then(() => store.openTurn(command)))
      return { kind: 'opened', newConversation: true, turn: openedAlready(command) }
    },
    async startAttempt(command) {
      await opening.get(command.turnId)
      return store.startAttempt(command)
    },
    async appendDeltas(batches) {
      if (!switches.has('shown-before-log')) return store.appendDeltas(batches)
      appending = Promise.all([appending, sleep(lateMs.append)]).then(() => store.appendDeltas(batches))
      return []
    },
    async settleTurn(command) {
      await appending
      if (!switches.has('terminal-before-settlement')) return store.settleTurn(command)
      void sleep(lateMs.settle).then(() => store.settleTurn(command))
      return true
    },
  }
}

function openedAlready(command: OpenTurn): RunningTurn {
  const { actor, turnId, messageId, responseId, clientMessageId, requestedModel, temperature, language } = command
  return {
    actor, turnId, messageId, responseId, clientMessageId, requestedModel, temperature, language,
    conversationId: command.newConversationId, agentId: command.agentId ?? command.defaultAgentId, fence: 1, openedAt: command.now,
  }
}

const opensAgain: Wrap = (store, switches) => ({
  async openTurn(command) {
    if (!switches.has('repeated-id-opens-again')) return store.openTurn(command)
    const opened = await store.openTurn({ ...command, clientMessageId: `${command.clientMessageId}~${command.turnId}` })
    return opened.kind === 'opened' ? { ...opened, turn: { ...opened.turn, clientMessageId: command.clientMessageId } } : opened
  },
})

const miscounts: Wrap = (store, switches) => ({
  settleTurn(command) {
    const { usage } = command.receipt
    if (!switches.has('usage-not-flagged') || !usage) return store.settleTurn(command)
    return store.settleTurn({ ...command, receipt: { ...command.receipt, usage: { ...usage, estimated: !usage.estimated } } })
  },
})

const writesAfterClose: Wrap = (store, switches, dataDirectory) => ({
  async settleTurn(command) {
    const written = await store.settleTurn(command)
    if (switches.has('written-after-close')) void sleep(lateMs.appendAfterClose).then(() => appendTo(dataDirectory, command.receipt.response_id))
    return written
  },
})

function appendTo(dataDirectory: string, messageId: string): void {
  using database = new DatabaseSync(join(dataDirectory, 'parley.db'), { timeout: 1000 })
  database.prepare(`update message set parts = json_set(parts, '$[0].text', (parts ->> '$[0].text') || ' late') where id = ?`).run(messageId)
}

const recoversBadly: Wrap = (store, switches) => ({
  async claimAbandonedTurns() {
    if (switches.has('recovery-forgets')) return []
    const turns = await store.claimAbandonedTurns()
    return switches.has('recovery-drops-text') ? turns.map((turn) => ({ ...turn, rows: [] })) : turns
  },
})

const forgetsLogs: Wrap = (store, switches) => ({
  async readLog(actor, turnId, after) {
    const log = await store.readLog(actor, turnId, after)
    return log && switches.has('log-ends-with-turn') ? { ...log, rows: [] } : log
  },
})

const ignoresOwners: Wrap = (store, switches) => {
  const owners = new Map<string, Actor>()
  const ownerOf = (actor: Actor, turnId: string) => (switches.has('owner-ignored') && owners.get(turnId)) || actor
  return {
    openTurn(command) {
      owners.set(command.turnId, command.actor)
      return store.openTurn(command)
    },
    findTurn: (actor, turnId) => store.findTurn(ownerOf(actor, turnId), turnId),
    readLog: (actor, turnId, after) => store.readLog(ownerOf(actor, turnId), turnId, after),
  }
}

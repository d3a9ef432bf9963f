import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { Config } from '../../../server/config/config.ts'
import type { Actor } from '../../../server/lib/actor.ts'
import { StoreError, type OpenTurn, type RunningTurn, type Store } from '../../../server/store/store.ts'
import type { FaultSwitches } from './fault-switches.ts'

/** How late the bugs are that say something is on disk before it is. */
const lateMs = { open: 20, append: 200, settle: 300 }
/** When something is written to what is closed: so often that two readings that are 300 ms apart differ, however slow they are. */
const writesAfterCloseMs = Array.from({ length: 40 }, (_, i) => 100 * (i + 1))

/**
 * A store with bugs that are there while they are switched on. What its commands resolve with is then a lie of one
 * definite kind, which the invariants must find out.
 */
export function storeWithBugs(store: Store, switches: FaultSwitches, data: DataPlace): Store {
  const wraps = [
    writesLate, opensAgain, miscounts, writesAfterClose, recoversBadly, forgetsLogs, ignoresOwners, ignoresOtherNodes, leavesDuties, mishandlesJobs, mindsRoomBadly,
  ]
  return wraps.reduce((wrapped, wrap) => ({ ...wrapped, ...wrap(wrapped, switches, data) }), store)
}

type DataPlace = Pick<Config, 'dataDirectory' | 'databaseUrl'>
type Wrap = (store: Store, switches: FaultSwitches, data: DataPlace) => Partial<Store>

const writesLate: Wrap = (store, switches) => {
  const opening = new Map<string, Promise<unknown>>()
  let appending: Promise<unknown> = Promise.resolve()
  return {
    async openTurn(command) {
      if (!switches.has('acknowledged-before-commit') || command.conversationId !== null) return store.openTurn(command)
      const opened = sleep(lateMs.open).then(() => store.openTurn(command))
      opened.catch(() => {})
      opening.set(command.turnId, opened)
      return { kind: 'opened', newConversation: true, turn: openedAlready(command) }
    },
    async startAttempt(command) {
      await opening.get(command.turnId)
      return store.startAttempt(command)
    },
    async renewLeases(turns) {
      // Else a lease that is renewed in between finds no turn, and another bug is seen than the one that was planted.
      if (opening.size > 0) await Promise.allSettled(turns.map(({ turnId }) => opening.get(turnId)))
      return store.renewLeases(turns)
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
    if (switches.has('cut-is-free') && command.outcome !== 'completed') return store.settleTurn({ ...command, receipt: { ...command.receipt, cost: 0 } })
    if (!switches.has('usage-not-flagged') || !usage) return store.settleTurn(command)
    return store.settleTurn({ ...command, receipt: { ...command.receipt, usage: { ...usage, estimated: !usage.estimated } } })
  },
})

const writesAfterClose: Wrap = (store, switches, data) => ({
  async settleTurn(command) {
    const written = await store.settleTurn(command)
    if (switches.has('written-after-close')) {
      for (const late of writesAfterCloseMs) sleep(late).then(() => appendTo(data, command.receipt.response_id)).catch(() => {})
    }
    return written
  },
})

async function appendTo({ dataDirectory, databaseUrl }: DataPlace, messageId: string): Promise<void> {
  if (databaseUrl !== null) {
    return runOnPostgres(databaseUrl, `update message set parts = replace(parts, '"}]', ' late"}]') where id = $1`, [messageId])
  }
  using database = new DatabaseSync(join(dataDirectory, 'parley.db'), { timeout: 1000 })
  const late = database.prepare(`update message set parts = json_set(parts, '$[0].text', (parts ->> '$[0].text') || ' late') where id = ?`)
  late.run(messageId)
}

async function runOnPostgres(url: string, sql: string, parameters: readonly unknown[]): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(sql, [...parameters])
  await client.end()
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

/** What a process would do that had never heard of others. */
const ignoresOtherNodes: Wrap = (store, switches, data) => ({
  async appendDeltas(batches) {
    const lost = await store.appendDeltas(batches)
    await leaseByOwnClock(store, switches, data, batches.map(({ turnId }) => turnId))
    return switches.has('fence-ignored') ? [] : lost
  },
  async renewLeases(turns) {
    const lost = await store.renewLeases(turns)
    await leaseByOwnClock(store, switches, data, turns.map(({ turnId }) => turnId))
    return switches.has('fence-ignored') ? [] : lost
  },
  findStopRequests: async (turnIds) => (switches.has('stops-not-heeded') ? [] : store.findStopRequests(turnIds)),
  async openTurn(command) {
    const opened = await store.openTurn(command)
    await leaseByOwnClock(store, switches, data, [command.turnId])
    return opened
  },
})

/** On a machine whose clock is behind, a lease by its own clock is over before it began. */
async function leaseByOwnClock(store: Store, switches: FaultSwitches, { databaseUrl }: DataPlace, turnIds: readonly string[]): Promise<void> {
  if (!switches.has('leases-by-own-clock') || databaseUrl === null) return
  await runOnPostgres(databaseUrl, 'update turn set lease_until = $2 where id = any($1)', [turnIds, switches.clock.now() + (store.leaseMs ?? 0)])
}

/** Goes on with a duty that it has, and takes none from anybody. */
const leavesDuties: Wrap = (store, switches) => {
  let isOurs = false
  return {
    async takeDuty(command) {
      if (isOurs || !switches.has('duty-never-taken-over')) isOurs = await store.takeDuty(command)
      return isOurs
    },
  }
}

const mishandlesJobs: Wrap = (store, switches, data) => ({
  async takeJobs(command) {
    const jobs = await store.takeJobs(command)
    if (switches.has('job-finished-first')) for (const job of jobs) await store.finishJob(job)
    return jobs
  },
  async deleteConversation(command) {
    const deleted = await store.deleteConversation(command)
    if (switches.has('deletion-without-job')) await removeJobs(data)
    return deleted
  },
  planPurges: (command) => (switches.has('deletion-without-job') || switches.has('job-finished-first') ? Promise.resolve(null) : store.planPurges(command)),
})

async function removeJobs({ dataDirectory, databaseUrl }: DataPlace): Promise<void> {
  if (databaseUrl !== null) return runOnPostgres(databaseUrl, 'delete from job', [])
  using database = new DatabaseSync(join(dataDirectory, 'parley.db'), { timeout: 1000 })
  database.exec('delete from job')
}

const mindsRoomBadly: Wrap = (store, switches) => {
  let full = false
  return {
    async openTurn(command) {
      try {
        const opened = await store.openTurn(command)
        if (opened.kind === 'opened') full = false
        return opened
      } catch (error) {
        full = true
        if (!switches.has('acknowledged-when-full') || command.conversationId !== null) throw error
        return { kind: 'opened', newConversation: true, turn: openedAlready(command) }
      }
    },
    async listMessages(actor, conversationId, page) {
      if (full && switches.has('reads-need-room')) throw new StoreError('disk_full', 'no room to read')
      return store.listMessages(actor, conversationId, page)
    },
  }
}

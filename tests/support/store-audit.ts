import { DatabaseSync } from 'node:sqlite'
import type { Part } from '#protocol/message.ts'

/** What a store told its caller, by turn. */
export interface Acknowledged {
  readonly opened: ReadonlySet<string>
  /** The last row of each turn that was acknowledged. */
  readonly rows: ReadonlyMap<string, number>
  readonly settled: ReadonlySet<string>
}

/** Reads the lines of a workload: what it was told, in the order it was told. */
export function acknowledgedBy(lines: readonly string[]): Acknowledged {
  const [opened, rows, settled] = [new Set<string>(), new Map<string, number>(), new Set<string>()]
  for (const [word, turnId, seq] of lines.map((line) => line.split(' '))) {
    if (word === 'opened') opened.add(turnId!)
    if (word === 'rows') rows.set(turnId!, Number(seq))
    if (word === 'settled') settled.add(turnId!)
  }
  return { opened, rows, settled }
}

interface AuditedTurn {
  readonly id: string
  readonly state: string
  readonly last_seq: number
  readonly conversation_id: string
  readonly running_turn_id: string | null
  readonly question: string | null
  readonly parts: string
  readonly outcome: string | null
  readonly row_lengths: string | null
  readonly receipts: number
}

const turnsQuery = `
  select turn.id, turn.state, turn.last_seq, turn.conversation_id, conversation.running_turn_id, asked.parts as question,
    answer.parts, answer.outcome, answer.row_lengths, (select count(*) from receipt where receipt.turn_id = turn.id) as receipts
  from turn join conversation on conversation.id = turn.conversation_id
    left join message as asked on asked.id = turn.message_id join message as answer on answer.id = turn.response_id`

/**
 * Every violation of the store's invariants in a database file, and everything acknowledged that is not in it. The file is
 * read as the next start would find it. `textOf` tells what the row of a turn must say, where that is known.
 */
export function auditStore(file: string, acknowledged: Acknowledged, textOf: ((turnId: string, seq: number) => string) | null): readonly string[] {
  try {
    using database = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
    return [...structureOf(database), ...conversationsOf(database), ...turnsOf(database, acknowledged, textOf)]
  } catch (error) {
    return [`it does not open: ${(error as Error).message}`]
  }
}

function* structureOf(database: DatabaseSync): Generator<string> {
  for (const row of database.prepare('pragma integrity_check').all()) if (row['integrity_check'] !== 'ok') yield `integrity: ${row['integrity_check']}`
  for (const row of database.prepare('pragma foreign_key_check').all()) yield `a row of ${row['table']} refers to nothing`
}

function* conversationsOf(database: DatabaseSync): Generator<string> {
  const counts = database.prepare(`
    select conversation.id, message_count, count(message.id) as messages, min(position) as first, max(position) as last
    from conversation left join message on message.conversation_id = conversation.id group by conversation.id`).all()
  for (const { id, message_count, messages, first, last } of counts) {
    if (message_count !== messages || (messages !== 0 && (first !== 0 || last !== Number(messages) - 1))) yield `${id} counts ${message_count} messages and has ${messages} from ${first} to ${last}`
  }
}

function* turnsOf(database: DatabaseSync, acknowledged: Acknowledged, textOf: ((turnId: string, seq: number) => string) | null): Generator<string> {
  const turns = new Map((database.prepare(turnsQuery).all() as unknown as AuditedTurn[]).map((turn) => [turn.id, turn]))
  const hotRows = Map.groupBy(
    database.prepare('select turn_id, seq, payload from turn_event order by id').all() as unknown as { turn_id: string; seq: number; payload: string }[],
    (row) => row.turn_id,
  )
  for (const turnId of acknowledged.opened) if (!turns.has(turnId)) yield `${turnId} was acknowledged and is lost`
  for (const turn of turns.values()) {
    const hot = (hotRows.get(turn.id) ?? []).map(({ payload }) => payload)
    const gap = (hotRows.get(turn.id) ?? []).findIndex(({ seq }, i) => seq !== i + 1)
    if (gap >= 0) yield `${turn.id} has a gap or a repeat at row ${gap + 1}`
    const rows = turn.row_lengths === null ? hot : closedRows(turn)
    if (textOf && rows.some((text, i) => text !== textOf(turn.id, i + 1))) yield `${turn.id} says something else than was written`
    if (rows.length < (acknowledged.rows.get(turn.id) ?? 0)) yield `${turn.id} has ${rows.length} rows, and ${acknowledged.rows.get(turn.id)} were acknowledged`
    if (acknowledged.settled.has(turn.id) && turn.state === 'running') yield `${turn.id} was settled and runs`
    yield* endOf(turn, rows.length)
  }
}

function closedRows(turn: AuditedTurn): readonly string[] {
  const text = (JSON.parse(turn.parts) as Part[]).map((part) => part.text).join('')
  let end = 0
  return (JSON.parse(turn.row_lengths!) as number[]).map((length) => text.slice(end, (end += Math.abs(length))))
}

/** A turn is open in all its places or closed in all of them. */
function* endOf(turn: AuditedTurn, rows: number): Generator<string> {
  if (turn.question === null) yield `${turn.id} has no question`
  if (turn.state === 'running') {
    if (turn.running_turn_id !== turn.id) yield `${turn.id} runs, and its conversation does not know`
    if (turn.receipts !== 0 || turn.outcome !== null || turn.row_lengths !== null) yield `${turn.id} runs and is half closed`
    return
  }
  if (turn.running_turn_id === turn.id) yield `${turn.id} is closed and still the running turn of its conversation`
  if (turn.receipts !== 1) yield `${turn.id} is closed with ${turn.receipts} receipts`
  if (turn.outcome !== turn.state) yield `${turn.id} ended ${turn.state}, and its answer says ${turn.outcome}`
  if (turn.last_seq !== rows + 1) yield `${turn.id} ends at ${turn.last_seq} after ${rows} rows`
}

import { CompiledQuery, sql } from 'kysely'
import { all } from '../command.ts'
import type { HotLog } from '../dialect.ts'
import type { Sql } from '../schema.ts'
import type { DeltaRow } from '../store.ts'

/**
 * One statement for the rows of many turns, so one commit. A turn whose state or fence has changed is not in `owned`: its rows
 * are not written, and it is not returned. The lock on those that are holds off whoever would take one over until the rows are
 * committed. Rows that an earlier try has written, though its answer was lost, stay as they are. Whoever writes is alive: a
 * lease that is half over is renewed on the way, others are not, to spare the turn's row.
 */
const appendRows = `
  with owned as (
    select turn.id from unnest($1::text[], $2::integer[]) as own (turn_id, fence)
      join turn on turn.id = own.turn_id and turn.fence = own.fence and turn.state = 'running'
    for no key update of turn
  ), renewed as (
    update turn set lease_until = (extract(epoch from clock_timestamp()) * 1000)::bigint + $7::bigint
    from owned where turn.id = owned.id and turn.lease_until < (extract(epoch from clock_timestamp()) * 1000)::bigint + $7::bigint / 2
  ), written as (
    insert into turn_event (turn_id, seq, kind, payload)
    select row.turn_id, row.seq, row.kind, row.payload
    from unnest($3::text[], $4::integer[], $5::text[], $6::text[]) as row (turn_id, seq, kind, payload) join owned on owned.id = row.turn_id
    on conflict (turn_id, seq) do nothing
  )
  select id from owned`

/** Rows deleted in one slice. */
const sliceRows = 1000

/** The turns, closed or purged, that still have rows, found by hopping from turn to turn along the key; then a slice of their rows. */
const deleteSlice = `
  with recursive logged (turn_id) as (
    (select turn_id from turn_event order by turn_id limit 1)
    union all
    select (select turn_event.turn_id from turn_event where turn_event.turn_id > logged.turn_id order by turn_event.turn_id limit 1)
    from logged where logged.turn_id is not null
  ), closed as (
    select logged.turn_id from logged left join turn on turn.id = logged.turn_id
    where logged.turn_id is not null and turn.state is distinct from 'running'
  ), slice as (
    select turn_event.turn_id, turn_event.seq from turn_event join closed on closed.turn_id = turn_event.turn_id limit $1
  )
  delete from turn_event using slice where turn_event.turn_id = slice.turn_id and turn_event.seq = slice.seq`

/** Many processes write, and what they number is not in the order of their commits: the log is keyed by turn and read by turn. */
export const postgresHotLog: HotLog<Sql> = {
  createTable: (db) =>
    db.schema.createTable('turn_event')
      .addColumn('turn_id', 'text', (column) => column.notNull())
      .addColumn('seq', 'integer', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('payload', 'text', (column) => column.notNull())
      .addColumn('format', 'integer', (column) => column.notNull().defaultTo(sql.lit(1)))
      .addPrimaryKeyConstraint('row_of_turn', ['turn_id', 'seq']),

  start: () => sql.lit(0),

  *append(batches, lease) {
    const rows = batches.flatMap(({ turnId, rows }) => rows.map((row) => ({ turnId, ...row })))
    const asked = yield CompiledQuery.raw(appendRows, [
      batches.map(({ turnId }) => turnId), batches.map(({ fence }) => fence),
      rows.map(({ turnId }) => turnId), rows.map(({ seq }) => seq), rows.map(({ kind }) => kind), rows.map(({ text }) => text), lease?.ms ?? 0,
    ])
    const owned = new Set((asked.rows as readonly { readonly id: string }[]).map(({ id }) => id))
    return batches.map(({ turnId }) => turnId).filter((turnId) => !owned.has(turnId))
  },

  *rowsAfter(db, turn, seq) {
    return yield* all(
      db.selectFrom('turn_event').select(['seq', 'kind', 'payload as text']).where('turn_id', '=', turn.id).where('seq', '>', seq).orderBy('seq'),
    )
  },

  *rowsOf(db, turns) {
    const ids = turns.map(({ id }) => id)
    const events = yield* all(db.selectFrom('turn_event').select(['turn_id', 'seq', 'kind', 'payload']).where('turn_id', 'in', ids).orderBy('turn_id').orderBy('seq'))
    const rows = new Map<string, DeltaRow[]>(ids.map((id) => [id, []]))
    for (const { turn_id, seq, kind, payload } of events) rows.get(turn_id)?.push({ seq, kind, text: payload })
    return rows
  },

  *compact(_db, _after) {
    const { changed } = yield CompiledQuery.raw(deleteSlice, [sliceRows])
    return changed < sliceRows ? null : 0
  },
}

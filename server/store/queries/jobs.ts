import { sql } from 'kysely'
import { first, type Command } from '../command.ts'
import type { JobCount } from '../job.ts'
import type { Sql } from '../schema.ts'

/** For each of these kinds, how many are due and how many were given up. */
export function* countJobs(db: Sql, input: { readonly kinds: readonly string[]; readonly now: number }): Command<readonly JobCount[]> {
  const counts: JobCount[] = []
  for (const kind of input.kinds) {
    const ofKind = db.selectFrom('job').select((column) => column.fn.countAll<number>().as('count')).where('kind', '=', kind)
    const due = yield* first(ofKind.where('state', '=', sql.lit('waiting')).where('run_at', '<=', input.now))
    const dead = yield* first(ofKind.where('state', '=', sql.lit('dead')))
    counts.push({ kind, due: Number(due?.count ?? 0), dead: Number(dead?.count ?? 0) })
  }
  return counts
}

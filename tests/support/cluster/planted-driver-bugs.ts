import pg from 'pg'
import type { FaultSwitches } from './fault-switches.ts'

/** A bug below the store: a connection that went before its answer came is taken for the server's refusal, which says that nothing was done. */
export function plantDriverBugs(switches: FaultSwitches): void {
  const query: (...given: unknown[]) => unknown = pg.Client.prototype.query
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const asked = query.apply(this, given)
    if (!(asked instanceof Promise)) return asked
    return asked.catch((error: unknown) => {
      const isTaken = switches.has('lost-answer-is-refusal') && !(error instanceof pg.DatabaseError)
      throw isTaken ? Object.assign(new pg.DatabaseError('the answer was lost', 0, 'error'), { code: 'XX000' }) : error
    })
  } as typeof pg.Client.prototype.query
}

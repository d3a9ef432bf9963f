import { DatabaseError } from 'pg'
import type { DescribedError } from '../described-error.ts'

/** Postgres's codes (https://www.postgresql.org/docs/current/errcodes-appendix.html) that say there is no more room. */
const noRoomCodes: ReadonlySet<unknown> = new Set(['53100'])

/** The server ends the connection: it stops, crashed, starts, or an operator or a time limit cut it. */
const endingCodes = /^(08...|57P0[1-5]|25P0[34])$/

export function describeError(error: unknown): DescribedError {
  const code = error instanceof DatabaseError ? error.code : undefined
  return { code: noRoomCodes.has(code) ? 'disk_full' : 'store_unavailable', message: error instanceof Error ? error.message : String(error) }
}

/** Whether the connection went before an answer came: then what was asked, a commit too, may have happened or not. */
export function isConnectionLoss(error: unknown): boolean {
  return !(error instanceof DatabaseError) || endingCodes.test(error.code ?? '')
}

/** Tries once more when the connection goes before the answer came. One that was idle while the server restarted goes like that, too. */
export function again<T>(work: () => Promise<T>): Promise<T> {
  return work().catch((error: unknown) => {
    if (!isConnectionLoss(error)) throw error
    return work()
  })
}

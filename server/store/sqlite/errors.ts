import type { DescribedError } from '../described-error.ts'

/**
 * SQLite's result codes (https://sqlite.org/rescode.html) that say there is no more room: the database or its disk is full; a
 * quota or a size limit stopped a write; the log's index beside it could not grow.
 */
const noRoomCodes: ReadonlySet<unknown> = new Set([13, 778, 4874])

export function describeError(error: unknown): DescribedError {
  const code = (error as { errcode?: unknown }).errcode
  return { code: noRoomCodes.has(code) ? 'disk_full' : 'store_unavailable', message: error instanceof Error ? error.message : String(error) }
}

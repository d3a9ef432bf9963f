import { StoreError } from '../store.ts'

/** An error as it crosses from a thread: only what can be cloned. */
export interface DescribedError {
  readonly code: StoreError['code']
  readonly message: string
}

/** SQLite's primary result codes (https://sqlite.org/rescode.html) that say the disk or the file has no more room. */
const full = 13
const ioError = 10
const ioErrorWrite = 778

export function describeError(error: unknown): DescribedError {
  const code = (error as { errcode?: unknown }).errcode
  const noRoom = code === full || code === ioErrorWrite || (code === ioError && /ENOSPC/.test(String(error)))
  return { code: noRoom ? 'disk_full' : 'store_unavailable', message: error instanceof Error ? error.message : String(error) }
}

export function toStoreError(described: DescribedError): StoreError {
  return new StoreError(described.code, described.message)
}

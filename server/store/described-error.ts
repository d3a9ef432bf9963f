import { StoreError } from './store.ts'

/** An error as it crosses from a thread: only what can be cloned. Each engine describes its own. */
export interface DescribedError {
  readonly code: StoreError['code']
  readonly message: string
}

export function toStoreError(described: DescribedError): StoreError {
  return new StoreError(described.code, described.message)
}

import type { Clock } from '../lib/clock.ts'
import { StoreError, type Store } from '../store/store.ts'

export type StoreState =
  | { readonly ok: true; readonly engine: string; readonly durability: string }
  | { readonly ok: false; readonly reason: 'store_unavailable' | 'disk_full' | 'timeout' }

const checkMs = 1000

/** Asks the store for a read and a write, for a second at most. Probes that come meanwhile share the answer, so that they never queue up. */
export function storeCheck(store: Pick<Store, 'check'>, clock: Clock): () => Promise<StoreState> {
  let running: Promise<StoreState> | null = null
  return async () => {
    running ??= store.check().then(stateOf, reasonOf).finally(() => (running = null))
    const { promise: late, resolve } = Promise.withResolvers<StoreState>()
    const cancel = clock.after(checkMs, () => resolve({ ok: false, reason: 'timeout' }))
    return Promise.race([running, late]).finally(cancel)
  }
}

function stateOf(checked: { readonly engine: string; readonly durability: string }): StoreState {
  return { ok: true, ...checked }
}

function reasonOf(error: unknown): StoreState {
  return { ok: false, reason: error instanceof StoreError ? error.code : 'store_unavailable' }
}

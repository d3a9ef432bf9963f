import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openSqliteStore } from '../../server/store/sqlite/sqlite-store.ts'
import type { Store } from '../../server/store/store.ts'

const endings = new WeakMap<TestContext, (() => unknown)[]>()

/** Runs `end` when the test ends, what was begun last first. */
export function atEnd(t: TestContext, end: () => unknown): void {
  const registered = endings.get(t)
  if (registered) {
    registered.push(end)
    return
  }
  const all = [end]
  endings.set(t, all)
  t.after(async () => {
    for (const one of all.reverse()) await one()
  })
}

/** A folder of its own that goes with the test. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-store-'))
  atEnd(t, () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const closed = new WeakSet<Store>()

/** A store in the folder, or in a folder of its own, closed when the test ends. */
export function openStore(t: TestContext, directory = temporaryFolder(t), newEpoch = 'epoch-1'): Store {
  const store = openSqliteStore({ directory, newEpoch })
  atEnd(t, () => closeStore(store))
  return store
}

/** Closes a store before its test ends. */
export async function closeStore(store: Store): Promise<void> {
  if (closed.has(store)) return
  closed.add(store)
  await store[Symbol.asyncDispose]()
}

import { test, type TestContext } from 'node:test'
import type { Store } from '../../../server/store/store.ts'

/** A fresh, empty store that is closed when the test ends. */
export type OpenStore = (t: TestContext) => Store | Promise<Store>

/** One sentence that begins with its rule, and what shows it on a fresh store. */
export type Clause = (sentence: `[${'ST' | 'J'}${number}] ${string}`, show: (store: Store, t: TestContext) => Promise<void>) => void

export function clausesFor(openStore: OpenStore, skipped: Readonly<Record<string, string>>): Clause {
  return (sentence, show) => {
    const rule = sentence.slice(1, sentence.indexOf(']'))
    const reason = skipped[rule]
    if (reason === '') throw new Error(`${rule} is skipped without a reason`)
    test(sentence, reason === undefined ? {} : { skip: reason }, async (t) => show(await openStore(t), t))
  }
}

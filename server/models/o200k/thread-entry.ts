/** Where the counting thread begins. A worker inherits no compile cache, and what is imported before it is on is not cached. */
import { enableCompileCache } from 'node:module'
import { parentPort } from 'node:worker_threads'

enableCompileCache()
const { countTokens } = await import('./count-tokens.ts')
parentPort!.on('message', ({ id, texts }: { readonly id: number; readonly texts: readonly string[] }) => {
  parentPort!.postMessage({ id, counts: texts.map(countTokens) })
})

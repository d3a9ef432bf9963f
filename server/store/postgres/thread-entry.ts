/** Where the store's thread begins. A worker inherits no compile cache, and what is imported before it is on is not cached. */
import { enableCompileCache } from 'node:module'

enableCompileCache()
await import('./reader.ts')

/** Where the store's threads begin. A worker inherits no compile cache, and what is imported before it is on is not cached. */
import { enableCompileCache } from 'node:module'
import { workerData } from 'node:worker_threads'

enableCompileCache()
const { role } = workerData as { role: 'writer' | 'reader' }
await (role === 'writer' ? import('./writer.ts') : import('./reader.ts'))

import { z } from 'zod'
import { isDirectLoopback } from '../direct-loopback.ts'
import { storeCheck } from '../readiness.ts'
import type { Route } from './route.ts'

const StoreState = z.union([
  z.object({ ok: z.literal(true), engine: z.string(), durability: z.string() }),
  z.object({ ok: z.literal(false), reason: z.enum(['store_unavailable', 'disk_full', 'timeout']) }),
])
const Readiness = z.object({
  status: z.enum(['ready', 'not_ready']),
  /** Only for whoever asks from this machine. */
  parts: z.object({ store: StoreState, draining: z.boolean() }).optional(),
})
const schema = { summary: 'Ready for new work, or 503', response: { 200: Readiness, 503: Readiness } }

export const getReadyz: Route = (router, { turns, isDraining }) => {
  const checkStore = storeCheck(turns.store, turns.clock)
  router.get('/readyz', { schema, config: { open: true }, logLevel: 'warn' }, async (request, reply) => {
    const store = await checkStore()
    const draining = isDraining()
    const ready = store.ok && !draining
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not_ready', ...(isDirectLoopback(request.raw) && { parts: { store, draining } }) })
  })
}

import { createHash, timingSafeEqual } from 'node:crypto'
import { isDirectLoopback } from '../direct-loopback.ts'
import { ProblemError } from '../problem.ts'
import { credentialsOf } from '../sign-in.ts'
import type { Route } from './route.ts'

const schema = { summary: 'Figures in Prometheus text format: open on this machine, elsewhere with PARLEY_METRICS_TOKEN as bearer' }

export const getMetrics: Route = (router, { metrics, settings }) => {
  router.get('/metrics', { schema, config: { open: true, produces: 'text/plain' }, logLevel: 'warn' }, async ({ raw }, reply) => {
    if (!isDirectLoopback(raw) && !isToken(credentialsOf(raw).bearer, settings.metricsToken)) throw new ProblemError('not_signed_in')
    return reply.type(metrics.contentType).send(await metrics.text())
  })
}

/** In constant time: hashes have one length and tell nothing of where they differ. */
function isToken(given: string | null, expected: string | null): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return given !== null && expected !== null && timingSafeEqual(hash(given), hash(expected))
}

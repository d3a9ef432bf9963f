import { z } from 'zod'
import { resumeTurn } from '../../turn/resume-turn.ts'
import { EventStream } from '../event-stream.ts'
import { ProblemError } from '../problem.ts'
import { IdParams } from './id-params.ts'
import type { Route } from './route.ts'

const schema = {
  summary: 'Follow a turn as server-sent events, from a cursor on: `epoch` and `after`, or Last-Event-ID, which wins',
  params: IdParams,
  querystring: z.strictObject({ epoch: z.string().max(64).optional(), after: z.coerce.number().int().min(0).default(0) }),
}

/** A proxy that gathers the response would show an answer only at its end. */
const streamHeaders = { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' }

export const getTurnEvents: Route = (router, { turns, limits }) => {
  const streams = new Set<EventStream>()
  router.addHook('preClose', async () => streams.forEach((stream) => stream.part()))

  router.get('/turns/:id/events', { schema, exposeHeadRoute: false, config: { produces: 'text/event-stream' } }, async (request, reply) => {
    const lastEventId = request.headers['last-event-id']
    const cursor = typeof lastEventId === 'string' ? cursorOf(lastEventId) : { epoch: request.query.epoch ?? null, after: request.query.after }
    const resumed = await resumeTurn(turns, request.user, { turnId: request.params.id, ...cursor })
    if (!resumed) throw new ProblemError('not_found')

    // Whoever left meanwhile will not say so again.
    if (reply.raw.destroyed) return reply.hijack()
    const { followed, after } = resumed
    // An EventSource connects again after every end, unless it is told that there is no more.
    if (lastEventId !== undefined && followed.closed && after >= followed.last && !resumed.message) return reply.code(204).send()

    const leave = limits.openSocket(request.user)
    reply.hijack()
    for (const [name, value] of Object.entries({ ...reply.getHeaders(), ...streamHeaders })) reply.raw.setHeader(name, value ?? '')
    reply.raw.writeHead(200).flushHeaders()
    const stream = new EventStream(reply.raw, turns.clock)
    streams.add(stream)
    reply.raw.once('close', () => {
      streams.delete(stream)
      leave()
    })
    stream.start(resumed, cursor)
  })
}

/** `<epoch>:<seq>`, as the ids of our events are. Anything else is a cursor into no life of this log. */
function cursorOf(lastEventId: string): { readonly epoch: string; readonly after: number } {
  const [, epoch, seq] = /^(.{1,64}):(\d{1,15})$/.exec(lastEventId) ?? []
  return epoch === undefined ? { epoch: '', after: 1 } : { epoch, after: Number(seq) }
}

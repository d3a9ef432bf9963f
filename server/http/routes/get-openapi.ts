import type { RouteOptions } from 'fastify'
import { describeApi } from '../openapi.ts'
import type { Route } from './route.ts'

const schema = { summary: 'This description' }

/** Stands first in the list: it describes every route that is mounted after it, and itself. */
export const getOpenapi: Route = (router, { settings }) => {
  const mounted: RouteOptions[] = []
  let description: string | null = null
  router.addHook('onRoute', (route) => void mounted.push(route))
  router.get('/openapi.json', { schema, config: { open: true } }, async (_request, reply) => {
    description ??= JSON.stringify(describeApi(mounted, settings.basePath))
    return reply.type('application/json; charset=utf-8').serializer(String).send(description)
  })
}

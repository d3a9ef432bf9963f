import { channel } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { z } from 'zod'

export interface MountedRoute {
  readonly method: string
  /** As Fastify has it: `/api/v1/chat/turns/:id`. */
  readonly url: string
  readonly options: RouteOptions
}

/**
 * Starts something and resolves with it and with every route that Fastify mounted meanwhile. Fastify announces each
 * instance that is made (https://fastify.dev/docs/latest/Reference/Hooks/#diagnostics-channel-hooks), so the list is that of
 * the real server, plugins and all, and no route can be mounted past it.
 */
export async function listingRoutes<T>(start: () => Promise<T>): Promise<{ readonly started: T; readonly routes: readonly MountedRoute[] }> {
  const routes: MountedRoute[] = []
  const made = channel('fastify.initialization')
  const listen = (message: unknown) => {
    const { fastify } = message as { readonly fastify: FastifyInstance }
    fastify.addHook('onRoute', (options) => {
      for (const method of [options.method].flat()) routes.push({ method, url: options.url, options })
    })
  }
  made.subscribe(listen)
  try {
    return { started: await start(), routes }
  } finally {
    made.unsubscribe(listen)
  }
}

/** Names in a schema that say which thing is meant, or where in it: ids, cursors, files. Those of nested objects too. */
export function idNames(...schemas: readonly unknown[]): readonly string[] {
  const names = new Set<string>()
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, field] of Object.entries(value)) {
      if (key === 'properties') for (const name of Object.keys(field as object)) if (looksLikeId(name)) names.add(name)
      visit(field)
    }
  }
  for (const schema of schemas) if (schema instanceof z.ZodType) visit(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))
  return [...names].sort()
}

function looksLikeId(name: string): boolean {
  return /(^|_)ids?$|^(epoch|after|before|around|cursor|seq|parent|file|user|tenant|owner)$/.test(name)
}

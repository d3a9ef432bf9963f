import type { FastifyTypeProvider } from 'fastify'
import type { z } from 'zod'

/** Tells Fastify's types that a route's schemas are zod's: what a handler gets is what its schemas put out. */
export interface ZodTypes extends FastifyTypeProvider {
  validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown
  serializer: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown
}

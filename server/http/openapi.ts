import { STATUS_CODES } from 'node:http'
import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { namedSchemas, socketFrames } from './named-schemas.ts'

type Json = Record<string, unknown>
type Components = Record<string, unknown>

/**
 * The API as OpenAPI 3.1, made from the schemas that check it. What has a name in the protocol stands once under
 * `components.schemas`; the frames of both sockets, which OpenAPI has no words for, stand under `x-websockets`.
 */
export function describeApi(routes: readonly RouteOptions[], basePath: string): Json {
  const components: Components = {}
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    const methods = [route.method].flat().filter((method) => method !== 'HEAD')
    if (methods.length === 0 || route.schema === undefined || (route.schema as { hide?: boolean }).hide) continue
    const path = route.url.replace(/:(\w+)/g, '{$1}').replace('*', '{path}')
    for (const method of methods) paths[path] = { ...paths[path], [method.toLowerCase()]: describeRoute(route, path, components) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Parley', version: '1', description: 'Errors are problem details (RFC 9457) with a code; see the schema Problem.' },
    servers: [{ url: basePath === '' ? '/' : basePath }],
    paths,
    'x-websockets': describeSockets(components),
    components: { schemas: components },
  }
}

function describeRoute({ schema = {}, config }: RouteOptions, path: string, components: Components): Json {
  const problem = { description: 'Problem details', content: { 'application/problem+json': { schema: jsonSchema(namedSchemas.Problem, 'output', components) } } }
  const parameters = [...parametersOf(path, schema.params, 'path', components), ...parametersOf(path, schema.querystring, 'query', components)]
  return {
    ...(schema.summary && { summary: schema.summary }),
    ...(parameters.length > 0 && { parameters }),
    ...(schema.body instanceof z.ZodType && { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(schema.body, 'input', components) } } } }),
    responses: { ...describeAnswers(schema.response, config?.produces ?? 'application/json', components), default: problem },
  }
}

function describeAnswers(answers: unknown, mediaType: string, components: Components): Json {
  if (answers === undefined) return { 200: { description: 'OK', content: { [mediaType]: {} } } }
  const described = Object.entries(answers as Record<string, z.ZodType>).map(([status, schema]) => {
    const content = schema instanceof z.ZodNull ? {} : { content: { [mediaType]: { schema: jsonSchema(schema, 'output', components) } } }
    return [status, { description: STATUS_CODES[status] ?? '', ...content }]
  })
  return Object.fromEntries(described) as Json
}

function parametersOf(path: string, schema: unknown, place: 'path' | 'query', components: Components): readonly Json[] {
  if (!(schema instanceof z.ZodType)) return place === 'path' ? namesIn(path).map((name) => ({ name, in: place, required: true, schema: { type: 'string' } })) : []
  const { properties = {}, required = [] } = jsonSchema(schema, 'input', components) as { properties?: Json; required?: string[] }
  return Object.entries(properties).map(([name, property]) => ({ name, in: place, required: place === 'path' || required.includes(name), schema: property }))
}

const namesIn = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)

function describeSockets(components: Components): Json {
  const frames = (schemas: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output') =>
    Object.fromEntries(Object.entries(schemas).map(([type, schema]) => [type, jsonSchema(schema, io, components)]))
  return Object.fromEntries(
    Object.entries(socketFrames).map(([path, wire]) => [path, { description: wire.description, client: frames(wire.client, 'input'), server: frames(wire.server, 'output') }]),
  )
}

const registry = z.registry<{ id: string }>()
for (const [id, schema] of Object.entries(namedSchemas)) registry.add(schema, { id })

/** A schema as JSON Schema. Named schemas in it move to `components` and are referred to. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output', components: Components): Json {
  const { $schema: _, $defs = {}, ...own } = z.toJSONSchema(schema, { io, metadata: registry, unrepresentable: 'any' }) as Json & { $defs?: Json }
  for (const [name, definition] of Object.entries($defs)) components[name] ??= withPlaces(definition)
  return withPlaces(own) as Json
}

function withPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withPlaces)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, field]) => {
      if (key === '$ref' && typeof field === 'string') return [[key, field.replace('#/$defs/', '#/components/schemas/')]]
      return key === 'id' && typeof field === 'string' ? [] : [[key, withPlaces(field)]]
    }),
  )
}

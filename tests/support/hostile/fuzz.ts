/** Requests and frames made from the service's own description, fitting and not; and what must never come of any. */
import { faultSeed, seededRandom } from '../cluster/seeded.ts'
import type { Person, TestApp } from '../start-app.ts'
import { MadeValues, type JsonSchema } from './made-values.ts'

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly schema: JsonSchema
}

interface Operation {
  readonly method: string
  readonly path: string
  readonly parameters: readonly Parameter[]
  readonly body: JsonSchema | null
}

export interface Description {
  readonly operations: readonly Operation[]
  readonly schemas: Readonly<Record<string, JsonSchema>>
  /** Client frames by type, by wire. */
  readonly wires: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>
}

export async function describe(url: string): Promise<Description> {
  const api = await (await fetch(`${url}/openapi.json`)).json() as any
  const operations = Object.entries<any>(api.paths).flatMap(([path, methods]) => Object.entries<any>(methods).map(([method, operation]) => ({
    method: method.toUpperCase(), path, parameters: operation.parameters ?? [], body: operation.requestBody?.content['application/json'].schema ?? null,
  })))
  const wires = Object.fromEntries(Object.entries<any>(api['x-websockets']).map(([wire, { client }]) => [wire, client]))
  return { operations, schemas: api.components.schemas, wires }
}

/** A part of a value is strange as often as this. */
const share = 0.25
const together = 8

export interface Fuzzed {
  readonly sent: number
  /** How many were answered with each status. */
  readonly statuses: ReadonlyMap<number, number>
  /** Each thing that must not be, in words, the same once. */
  readonly findings: ReadonlySet<string>
}

export class Fuzz {
  readonly #app: TestApp
  readonly #person: Person
  readonly #description: Description
  readonly #made: MadeValues

  constructor(app: TestApp, person: Person, description: Description, known: readonly string[], seed = faultSeed) {
    this.#app = app
    this.#person = person
    this.#description = description
    this.#made = new MadeValues(seededRandom(seed), description.schemas, known)
  }

  /** So many requests over all operations, one after another in turn. */
  async requests(count: number): Promise<Fuzzed> {
    const { operations } = this.#description
    const statuses = new Map<number, number>()
    const findings = new Set<string>()
    let sent = 0
    const work = async () => {
      while (sent < count) {
        const operation = operations[sent++ % operations.length]!
        const { status, finding } = await this.#request(operation)
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        if (finding !== null) findings.add(finding)
      }
    }
    await Promise.all(Array.from({ length: together }, work))
    return { sent, statuses, findings }
  }

  async #request(operation: Operation): Promise<{ readonly status: number; readonly finding: string | null }> {
    const { address, init } = this.#make(operation)
    const what = `${operation.method} ${operation.path}`
    try {
      const response = await fetch(this.#app.url + address, { ...init, redirect: 'manual', signal: AbortSignal.timeout(10_000) })
      const text = await response.text()
      const asked = () => `${address.slice(0, 300)} ${String(init.body ?? '').slice(0, 300)}`
      if (response.status >= 500 && !(response.status === 503 && address.startsWith('/chat'))) return { status: response.status, finding: `${what} was answered with ${response.status}: ${asked()}` }
      if (/at (?:async )?\w+ \(|node:internal|SQLITE_|\bselect\b.*\bfrom\b/i.test(text) && response.status >= 400) return { status: response.status, finding: `${what} told of its insides: ${text.slice(0, 200)}` }
      return { status: response.status, finding: null }
    } catch (error) {
      return { status: 0, finding: `${what} was not answered (${String(error)}): ${address.slice(0, 300)} ${String(init.body ?? '').slice(0, 300)}` }
    }
  }

  #make({ method, path, parameters, body }: Operation): { readonly address: string; readonly init: RequestInit } {
    const made = this.#made
    const of = (place: Parameter['in']) => parameters.filter((parameter) => parameter.in === place)
    const place = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => wordOf(made.value(of('path').find((one) => one.name === name)?.schema ?? { type: 'string' }, share / 3)))
    const query = of('query').filter(() => made.chance(0.6)).flatMap(({ name, schema }) => Array.from({ length: made.chance(0.05) ? 2 : 1 }, () => `${name}=${wordOf(made.value(schema, share))}`))
    if (made.chance(0.05)) query.push(`${wordOf(made.value({}, 1))}=1`)
    const value = body === null ? undefined : made.value(body, share)
    const text = value === undefined ? null : JSON.stringify(value)
    const headers: Record<string, string> = { authorization: `Bearer ${this.#person.token}`, ...(text !== null && { 'content-type': 'application/json' }) }
    if (made.chance(0.1)) headers['last-event-id'] = wordOf(made.value({}, 1)).slice(0, 200)
    if (made.chance(0.1)) headers['accept-language'] = wordOf(made.value({}, 1)).slice(0, 200)
    return { address: query.length === 0 ? place : `${place}?${query.join('&')}`, init: { method, headers, ...(text !== null && { body: made.chance(0.05) ? text.slice(0, text.length / 2) : text }) } }
  }

  /** So many frames of a wire, as texts. */
  frames(wire: string, count: number): readonly string[] {
    // Who signs in anew with something else is let go, as it should be.
    const types = Object.entries(this.#description.wires[wire]!).filter(([type]) => type !== 'auth')
    return Array.from({ length: count }, (_, place) => {
      const [type, schema] = types[place % types.length]!
      const data = this.#made.value(schema, share)
      const frame = { type: this.#made.chance(0.05) ? this.#made.value({}, 1) : type, [type === 'chat.message' && wire !== '/ws/v2/chat' ? 'payload' : 'data']: data }
      return JSON.stringify(frame)
    })
  }
}

/** As it would stand in an address. */
function wordOf(value: unknown): string {
  const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
  return encodeURIComponent(text.toWellFormed()).slice(0, 3000).replace(/%[0-9A-F]?$/, '')
}

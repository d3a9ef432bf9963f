/** Values made from JSON Schema: some that fit, and some that a careless reader trips over. */
import { naughtyStrings } from './corpora.ts'

export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly minimum?: number
  readonly maximum?: number
  readonly $ref?: string
}

/** Stands for a field that is left out. */
const missing = Symbol('missing')

const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) })

const strange: readonly unknown[] = [
  missing, null, true, false, 0, -0, -1, 0.5, 1e308, -1e308, 2 ** 53, 2 ** 53 + 2, 1e21, '', ' ', '0', '-1', '1e9', 'null', 'true', [], [[]], {}, [{}], [null],
  '\u0000', 'a\u0000b', '\ud800', '\udfff\ud800', '\u202e', '%', '%00', '%zz', '..', '../..', '.', "'", '"', '\\', '`', '$1', ':id', '*', 'a/b', 'a\nb', 'a\r\nb: c',
  'x'.repeat(65), 'x'.repeat(129), 'x'.repeat(1025), 'é'.repeat(40_000), Array.from({ length: 65 }, () => 'x'), Array.from({ length: 2000 }, () => 1),
  nested(20), nested(63), JSON.parse('{"__proto__":{"x":1},"constructor":1,"toString":1,"valueOf":1,"then":1,"length":-1}'), new Date(0).toISOString(), 'NaN', 'Infinity',
]

export class MadeValues {
  readonly #random: () => number
  readonly #schemas: Readonly<Record<string, JsonSchema>>
  /** Values that mean something: ids of what is there. */
  readonly #known: readonly string[]

  constructor(random: () => number, schemas: Readonly<Record<string, JsonSchema>>, known: readonly string[]) {
    this.#random = random
    this.#schemas = schemas
    this.#known = known
  }

  chance(share: number): boolean {
    return this.#random() < share
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)]!
  }

  /** A value for this schema; each part of it is strange with a chance of `share`. Undefined: leave it out. */
  value(schema: JsonSchema, share: number): unknown {
    const made = this.chance(share) ? this.#strange() : this.#fitting(schema, share)
    return made === missing ? undefined : made
  }

  #strange(): unknown {
    return this.chance(0.3) ? this.pick(naughtyStrings) : this.pick(strange)
  }

  #fitting(schema: JsonSchema, share: number): unknown {
    if (schema.$ref !== undefined) return this.#fitting(this.#schemas[schema.$ref.split('/').at(-1)!] ?? {}, share)
    if (schema.anyOf !== undefined) return this.#fitting(this.pick(schema.anyOf), share)
    if (schema.const !== undefined) return schema.const
    if (schema.enum !== undefined) return this.pick(schema.enum)
    if (schema.properties !== undefined) return this.#fields(schema, share)
    if (schema.type === 'array') return Array.from({ length: 1 + Math.floor(this.#random() * 3) }, () => this.value(schema.items ?? {}, share) ?? null)
    if (schema.type === 'integer' || schema.type === 'number') return Math.round(this.#random() * Math.min(100, schema.maximum ?? 100))
    if (schema.type === 'boolean') return this.chance(0.5)
    if (schema.type === 'null') return null
    return this.chance(0.5) ? this.pick(this.#known) : this.pick(['one', 'two words', 'é', 'AnimA', 'sim-t1'])
  }

  #fields({ properties = {}, required = [] }: JsonSchema, share: number): object {
    const names = Object.keys(properties).filter((name) => required.includes(name) || this.chance(0.5))
    const fields = names.map((name) => [name, this.value(properties[name]!, share)] as const)
    const extra = this.chance(share / 2) ? [[this.pick(['extra', '__proto__', 'constructor', '', 'id']), this.#strange()] as const] : []
    return Object.fromEntries([...fields, ...extra].filter(([, value]) => value !== undefined && value !== missing))
  }
}

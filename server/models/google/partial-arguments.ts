type Container = Record<string, unknown> | unknown[]

/** Deeper paths are not followed. */
const deepest = 64

/**
 * Arguments that come one by one, each with the path of its place: `{jsonPath: "$.steps[0].text", stringValue: "…"}`. A string may
 * come in pieces; a place without a value is an empty object, or a list where its path ends in `[]`.
 */
export class PartialArguments {
  readonly #root: Container = {}

  get text(): string {
    return JSON.stringify(this.#root)
  }

  add(piece: Readonly<Record<string, unknown>>): void {
    if (typeof piece.jsonPath !== 'string') return
    const isList = piece.jsonPath.endsWith('[]')
    const path = segmentsOf(isList ? piece.jsonPath.slice(0, -2) : piece.jsonPath)
    if (path.length === 0 || path.length > deepest) return
    const place = this.#placeOf(path)
    if (!place) return
    const known = ownValue(place.container, place.key)
    if (typeof piece.stringValue === 'string') setOwn(place, typeof known === 'string' ? known + piece.stringValue : piece.stringValue)
    else if (typeof piece.numberValue === 'number') setOwn(place, piece.numberValue)
    else if (typeof piece.boolValue === 'boolean') setOwn(place, piece.boolValue)
    else if ('nullValue' in piece) setOwn(place, null)
    else if (known === undefined && piece.willContinue !== true) setOwn(place, isList ? [] : {})
  }

  /** Where the path leads, its containers made on the way; null where it leads through a value, or past the end of a list. */
  #placeOf(path: readonly (string | number)[]): { readonly container: Container; readonly key: string | number } | null {
    let container = this.#root
    for (const [i, segment] of path.entries()) {
      const key = Array.isArray(container) ? Number(segment) : segment
      if (Array.isArray(container) && !(Number.isInteger(key) && (key as number) >= 0 && (key as number) <= container.length)) return null
      if (i === path.length - 1) return { container, key }
      const made: Container = typeof path[i + 1] === 'number' ? [] : {}
      const next = ownValue(container, key) ?? made
      if (next === made) setOwn({ container, key }, made)
      if (typeof next !== 'object') return null
      container = next as Container
    }
    return null
  }
}

/** `$.recipe.steps[0].text` as its names and numbers. */
function segmentsOf(path: string): readonly (string | number)[] {
  const inner = path.replace(/^\$\.?/, '')
  if (inner === '') return []
  return inner.split('.').flatMap((part) => {
    const [name = ''] = part.split('[')
    const indexes = [...part.matchAll(/\[(\d{1,6})\]/g)].map((match) => Number(match[1]))
    return name === '' ? indexes : [name, ...indexes]
  })
}

function ownValue(container: Container, key: string | number): unknown {
  return Object.hasOwn(container, key) ? (container as Record<string | number, unknown>)[key] : undefined
}

/** Names come from a model: none of them may reach a prototype. */
function setOwn({ container, key }: { readonly container: Container; readonly key: string | number }, value: unknown): void {
  Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true })
}

import { limits } from '#protocol/limits.ts'
import { ProblemError } from './problem.ts'

/** Reads JSON that came from outside. Throws malformed when it is none, or nested deeper than limits.jsonDepth: that is found before parsing. */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) throw new ProblemError('malformed')
  try {
    const value: unknown = JSON.parse(text)
    return namesPrototype.test(text) ? withoutPrototypes(value) : value
  } catch {
    throw new ProblemError('malformed')
  }
}

/** The key itself, or escapes that could spell it. */
const namesPrototype = /__proto__|\\u00/i

/**
 * `{"__proto__": …}` is a plain key to JSON.parse and a trap to whoever copies it on. Taken out afterwards: a reviver is called for
 * every number of a long array, which took 0.7 s for a body of a mebibyte. The depth is bounded by now.
 */
function withoutPrototypes(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__')
  for (const field of Array.isArray(value) ? value : Object.values(value)) withoutPrototypes(field)
  return value
}

function isTooDeep(text: string): boolean {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i)
    if (inString) {
      if (character === 0x5c) i += 1
      else if (character === 0x22) inString = false
    } else if (character === 0x22) inString = true
    else if (character === 0x7b || character === 0x5b) {
      depth += 1
      if (depth > limits.jsonDepth) return true
    } else if (character === 0x7d || character === 0x5d) depth -= 1
  }
  return false
}

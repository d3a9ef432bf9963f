import { limits } from '#protocol/limits.ts'
import { ProblemError } from './problem.ts'

/** Reads JSON that came from outside. Throws malformed when it is none, or nested deeper than limits.jsonDepth: that is found before parsing. */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) throw new ProblemError('malformed')
  try {
    return JSON.parse(text, dropPrototypes)
  } catch {
    throw new ProblemError('malformed')
  }
}

/** `{"__proto__": …}` is a plain key to JSON.parse and a trap to whoever copies it on. */
function dropPrototypes(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value
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

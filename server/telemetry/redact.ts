/**
 * What a log line may not hold, and how it is taken out. It works on the finished line, so that it does not matter which
 * logger, serializer or library wrote a field, or how deep it lies.
 */

const removed = '[redacted]'

/** Names, in lower case and without punctuation, whose value is never written, whatever it is. */
const secretNames = new Set([
  'authorization', 'proxyauthorization', 'cookie', 'cookies', 'setcookie', 'bearer', 'token', 'accesstoken', 'refreshtoken', 'idtoken',
  'metricstoken', 'apikey', 'apikeys', 'key', 'keys', 'xapikey', 'password', 'passphrase', 'secret', 'secrets', 'credentials',
  'secwebsocketprotocol',
])

/** Names whose value is what people or models wrote. A number, a boolean or null under such a name is a count or a flag and stays. */
const textNames = new Set([
  'text', 'content', 'contents', 'delta', 'deltas', 'prompt', 'prompts', 'question', 'answer', 'messages', 'parts', 'rows', 'body',
  'payload', 'data', 'input', 'output', 'arguments', 'title', 'chunk', 'passage', 'snippet', 'instructions', 'query',
])

/** Secrets by their looks, for sentences that quote one. */
const secretShapes: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer|basic)[ .:]+[\w.~+/=-]{4,}/gi, `$1 ${removed}`],
  [/\b(?:(?:sk|gsk|pk|rk|xai)[-_]|AIza)[\w-]{15,}/g, removed],
  [/\beyJ[\w-]{8,}\.[\w-]+\.?[\w-]*/g, removed],
  [/(\w:\/\/)[^/\s@]+@/g, `$1${removed}@`],
  [/(\/[^\s?"']*)\?[^\s"']+/g, '$1'],
  // JSON.parse quotes the text that it could not read.
  [/(Unexpected (?:token|non-whitespace)[^,]*), .* is not valid JSON/gs, '$1, not valid JSON'],
]

/** One finished line of JSON with everything forbidden taken out; `secrets` are values to remove wherever they stand. */
export function redactLine(line: string, secrets: readonly string[]): string {
  let facts: unknown
  try {
    facts = JSON.parse(line)
  } catch {
    return '{"level":50,"msg":"a log line was not JSON and was left out"}\n'
  }
  return `${JSON.stringify(redact(facts, secrets))}\n`
}

/** A copy of a JSON value with everything forbidden taken out. */
export function redact(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return redactText(value, secrets)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => redact(item, secrets))
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, isForbidden(name, field) ? removed : redact(field, secrets)]),
  )
}

function isForbidden(name: string, value: unknown): boolean {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  if (secretNames.has(plain) || /(apikey|password|secret|token)$/.test(plain)) return value !== null
  return textNames.has(plain) && (typeof value === 'string' || (typeof value === 'object' && value !== null))
}

/** Clients choose some strings, such as addresses: the patterns below never see more than this of one. */
const longestText = 4000

function redactText(text: string, secrets: readonly string[]): string {
  let clean = text
  for (const secret of secrets) clean = clean.replaceAll(secret, removed)
  if (clean.length > longestText) clean = `${clean.slice(0, longestText)}… (${clean.length - longestText} more)`
  for (const [shape, instead] of secretShapes) clean = clean.replace(shape, instead)
  return clean
}

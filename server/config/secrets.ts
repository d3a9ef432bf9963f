import type { Environment } from './environment.ts'

export const providerIds = ['openai', 'openrouter', 'groq'] as const
export type ProviderId = (typeof providerIds)[number]

/** A provider that can be called. Keys are used in turn; a null address means the provider's own. */
export interface ProviderConfig {
  readonly id: ProviderId
  readonly keys: readonly string[]
  readonly baseUrl: string | null
}

const keyName = (id: ProviderId) => `${id.toUpperCase()}_API_KEY`
const addressName = (id: ProviderId) => `${id.toUpperCase()}_BASE_URL`

export const providerVariables: readonly string[] = providerIds.flatMap((id) => [keyName(id), addressName(id)])

/** Names whose value may also come from a file, as `<name>_FILE`. Their values are never shown. */
export const secretVariables: readonly string[] = [...providerIds.map(keyName), 'PARLEY_METRICS_TOKEN', 'DATABASE_URL']

/** The providers that have a key, in order of preference. What is wrong goes to `problems`, without any key in it. */
export function readProviders(environment: Environment, problems: string[]): readonly ProviderConfig[] {
  return providerIds.flatMap((id) => {
    const keys = readKeys(keyName(id), environment, problems)
    const baseUrl = readAddress(addressName(id), environment, problems)
    if (keys.length > 0) return [{ id, keys, baseUrl }]
    if (baseUrl !== null) problems.push(`${addressName(id)} is set, but ${keyName(id)} is not: set both, or unset ${addressName(id)}.`)
    return []
  })
}

function readKeys(name: string, environment: Environment, problems: string[]): readonly string[] {
  const text = environment[name]
  if (text === undefined) return []
  const keys = [...new Set(text.split(',').map((key) => key.trim()))].filter((key) => key !== '')
  const fix = 'set it to the key alone, or to several with commas between them.'
  if (keys.length === 0) problems.push(`${name} holds no key: ${fix}`)
  if (!keys.every((key) => /^[\x21-\x7e]+$/.test(key))) {
    problems.push(`${name} holds a key with a space or a character that no header can carry: ${fix}`)
  }
  return keys
}

function readAddress(name: string, environment: Environment, problems: string[]): string | null {
  const text = environment[name]
  if (text === undefined) return null
  const address = URL.parse(text)
  if (address && isPlain(address)) return address.href.replace(/\/+$/, '')
  const fix = 'set it to one like https://api.example.com/v1, without a user, a query or a fragment.'
  problems.push(`${name} is not an address that can be called: ${fix}`)
  return null
}

function isPlain({ protocol, username, password, search, hash }: URL): boolean {
  return ['http:', 'https:'].includes(protocol) && [username, password, search, hash].every((part) => part === '')
}

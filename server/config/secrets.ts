import { furtherEndpoints, furtherEndpointsName, keyNameOf } from './further-endpoints.ts'
import type { Environment } from './environment.ts'

interface ProviderNames {
  readonly keys: readonly string[]
  readonly addresses: readonly string[]
}

/** The providers that Parley knows, in order of preference, and the variables that make them. */
const providerNames: Readonly<Record<string, ProviderNames>> = {
  openai: { keys: ['OPENAI_API_KEY'], addresses: ['OPENAI_BASE_URL'] },
  anthropic: { keys: ['ANTHROPIC_API_KEY'], addresses: ['ANTHROPIC_BASE_URL'] },
  google: { keys: ['GOOGLE_API_KEY', 'GEMINI_API_KEY'], addresses: ['GOOGLE_BASE_URL', 'GEMINI_BASE_URL'] },
  openrouter: { keys: ['OPENROUTER_API_KEY'], addresses: ['OPENROUTER_BASE_URL'] },
  groq: { keys: ['GROQ_API_KEY'], addresses: ['GROQ_BASE_URL'] },
}

/** A provider that can be called. Keys are used in turn; an endpoint may ask for none. A null address means the provider's own. */
export interface ProviderConfig {
  readonly id: string
  readonly keys: readonly string[]
  readonly baseUrl: string | null
}

const namesOfProviders = Object.values(providerNames)

export const providerVariables: readonly string[] = [
  ...namesOfProviders.flatMap(({ keys, addresses }) => [...keys, ...addresses]), furtherEndpointsName,
]

/** Names whose value may also come from a file, as `<name>_FILE`. Their values are never shown. */
export const secretVariables: readonly string[] = [...namesOfProviders.flatMap(({ keys }) => keys), 'PARLEY_METRICS_TOKEN', 'DATABASE_URL']

/** The same, with the keys of the endpoints that this environment adds. */
export function secretVariablesOf(environment: Environment): readonly string[] {
  return [...secretVariables, ...furtherEndpoints(environment, []).map(({ id }) => keyNameOf(id))]
}

/** The providers that can be called, in order of preference. What is wrong goes to `problems`, without any key in it. */
export function readProviders(environment: Environment, problems: string[]): readonly ProviderConfig[] {
  const known = Object.entries(providerNames).flatMap(([id, names]) => readProvider(id, names, environment, problems))
  const further = furtherEndpoints(environment, problems).map(({ id, address }) => ({
    id, keys: readKeys(keyNameOf(id), environment, problems), baseUrl: checkedAddress(furtherEndpointsName, address, problems),
  }))
  return [...known, ...further]
}

function readProvider(id: string, names: ProviderNames, environment: Environment, problems: string[]): readonly ProviderConfig[] {
  const keys = [...new Set(names.keys.flatMap((name) => readKeys(name, environment, problems)))]
  const addresses = names.addresses.flatMap((name) => {
    const text = environment[name]
    return text === undefined ? [] : [{ name, address: checkedAddress(name, text, problems) }]
  })
  const [first, second] = addresses
  if (first && second && first.address !== second.address) problems.push(`${first.name} and ${second.name} differ: unset one of them.`)
  if (keys.length > 0) return [{ id, keys, baseUrl: first?.address ?? null }]
  if (first && first.address !== null) problems.push(`${first.name} is set, but ${names.keys[0]} is not: set both, or unset ${first.name}.`)
  return []
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

function checkedAddress(name: string, text: string, problems: string[]): string | null {
  const address = URL.parse(text)
  if (address && isPlain(address)) return address.href.replace(/\/+$/, '')
  const fix = 'set it to one like https://api.example.com/v1, without a user, a query or a fragment.'
  problems.push(`${name} ${name === furtherEndpointsName ? 'holds what is not' : 'is not'} an address that can be called: ${fix}`)
  return null
}

function isPlain({ protocol, username, password, search, hash }: URL): boolean {
  return ['http:', 'https:'].includes(protocol) && [username, password, search, hash].every((part) => part === '')
}

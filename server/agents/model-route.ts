/**
 * Which models may answer a turn, in which order. Pure: it knows which providers have a key, and nothing of their health.
 */
import { routeLimits } from '../lib/route-limits.ts'

/** A model where it is served. */
export interface ModelCandidate {
  readonly provider: string
  readonly model: string
}

export interface RouteRequest {
  /** As the user wrote it: `<provider>/<model>`, or a bare model name; null when the agent may choose. */
  readonly requestedModel: string | null
  /** The agent's models in order of preference, as `<provider>/<model>`. */
  readonly route: readonly string[]
  /** Providers with a key, in order of preference. */
  readonly configured: readonly string[]
  /** What endpoints of any name offer, as `<provider>/<model>`: it stands behind the route. */
  readonly offered?: readonly string[]
}

export interface PlannedRoute {
  /** One to three, each once. */
  readonly candidates: readonly ModelCandidate[]
  /** A model was requested, and the first candidate is another one. */
  readonly fellBack: boolean
}

/** What answers when nothing else can. */
export const librarian: ModelCandidate = { provider: 'librarian', model: 'librarian' }

/** Providers that Parley knows by name. Any other id is an endpoint the operator added, which may serve models of any name. */
const knownProviders = new Set(['openai', 'anthropic', 'google', 'groq', 'openrouter', librarian.provider])

/** Who serves a model that was asked for without its provider. */
const barePrefixes: readonly (readonly [prefix: RegExp, provider: string])[] = [
  [/^gpt-/i, 'openai'],
  [/^o[134]([-.]|$)/i, 'openai'],
  [/^llama/i, 'groq'],
  [/^claude/i, 'anthropic'],
  [/^gemini/i, 'google'],
  [/^librarian$/i, librarian.provider],
]

/** The candidates for one turn: the requested model if it can be served, then the route; the librarian when there is nobody else. */
export function planRoute({ requestedModel, route, configured, offered = [] }: RouteRequest): PlannedRoute {
  const requested = requestedModel === null ? null : resolveModel(requestedModel, configured)
  if (requested?.provider === librarian.provider) return { candidates: [librarian], fellBack: false }
  const wanted = [requested, ...[...route, ...offered].map((id) => resolveModel(id, configured))]
  const served = new Map<string, ModelCandidate>()
  for (const candidate of wanted) if (candidate) served.set(modelId(candidate), candidate)
  const candidates = [...served.values()].slice(0, routeLimits.callsOfATurn)
  return { candidates: candidates.length > 0 ? candidates : [librarian], fellBack: requestedModel !== null && requested === null }
}

/** `<provider>/<model>`, as models are named everywhere. */
export function modelId({ provider, model }: ModelCandidate): string {
  return `${provider}/${model}`
}

/**
 * Where a model of this name is served; null when no configured provider serves it. Only the first slash counts:
 * `openrouter/minimax/minimax-01`.
 */
export function resolveModel(id: string, configured: readonly string[]): ModelCandidate | null {
  const slash = id.indexOf('/')
  const first = slash < 0 ? '' : id.slice(0, slash)
  const isServed = (provider: string) => provider === librarian.provider || configured.includes(provider)
  if (isServed(first) || knownProviders.has(first)) {
    const model = first === librarian.provider ? librarian.model : id.slice(slash + 1)
    return isServed(first) && model !== '' ? { provider: first, model } : null
  }
  const provider = providerOfBareId(id, configured)
  return provider === null || id === '' ? null : { provider, model: provider === librarian.provider ? librarian.model : id }
}

/** A bare id may hold slashes too: `qwen/qwen3` is how OpenRouter and local servers name models. */
function providerOfBareId(id: string, configured: readonly string[]): string | null {
  const [only, ...others] = configured
  const single = others.length === 0 ? (only ?? null) : null
  const named = barePrefixes.find(([prefix]) => prefix.test(id))?.[1]
  if (named === undefined) return single ?? (id.includes('/') && configured.includes('openrouter') ? 'openrouter' : null)
  if (named === librarian.provider || configured.includes(named)) return named
  return single !== null && !knownProviders.has(single) ? single : null
}

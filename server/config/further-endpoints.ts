import type { Environment } from './environment.ts'

/** An endpoint that speaks OpenAI's protocol and that the operator added under a name of its own. */
export interface FurtherEndpoint {
  readonly id: string
  /** As it was written. */
  readonly address: string
}

export const furtherEndpointsName = 'PARLEY_OPENAI_COMPATIBLE'

/** Names that mean something else. */
const taken = new Set(['openai', 'anthropic', 'google', 'gemini', 'openrouter', 'groq', 'librarian'])

/** `ollama=http://127.0.0.1:11434/v1,vllm=…`, in the order it is written. What is wrong goes to `problems`. */
export function furtherEndpoints(environment: Environment, problems: string[]): readonly FurtherEndpoint[] {
  const text = environment[furtherEndpointsName]
  const entries = (text ?? '').split(',').map((entry) => entry.trim()).filter((entry) => entry !== '')
  const endpoints = entries.flatMap((entry): FurtherEndpoint[] => {
    const [, id = '', address = ''] = /^([a-z][a-z0-9-]{0,31})\s*=\s*(\S+)$/i.exec(entry) ?? []
    return [{ id: id.toLowerCase(), address }]
  })
  const fix = 'set it to a list like ollama=http://127.0.0.1:11434/v1,vllm=http://127.0.0.1:8000/v1.'
  if (text !== undefined && (endpoints.length === 0 || endpoints.some(({ id }) => id === ''))) {
    problems.push(`${furtherEndpointsName} is not a list of names and addresses: ${fix}`)
  }
  const named = endpoints.filter(({ id }) => id !== '')
  const wrong = (id: string, why: string) => problems.push(`${furtherEndpointsName} names ${id}${why}: give each endpoint a name of its own.`)
  for (const [i, { id }] of named.entries()) {
    if (taken.has(id)) wrong(id, ', which is a provider already')
    else if (named.findIndex((other) => other.id === id) < i) wrong(id, ' twice')
  }
  return named
}

/** The variable that holds its key, where it asks for one. */
export function keyNameOf(id: string): string {
  return `${id.toUpperCase().replaceAll('-', '_')}_API_KEY`
}

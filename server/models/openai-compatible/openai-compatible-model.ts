/**
 * Whatever speaks OpenAI's Chat Completions: OpenAI itself, OpenRouter, Groq, Ollama, vLLM and many more.
 */
import { Agent } from 'undici'
import type { LanguageModel, ModelRequest } from '../language-model.ts'
import { exchange } from './exchange.ts'
import { chatCompletionsUrl, toOpenAIRequest } from './to-openai-request.ts'

export interface OpenAICompatibleProvider {
  readonly id: string
  /** Used in turn; none for a server that asks for no key. */
  readonly keys: readonly string[]
  /** With or without its version segment. */
  readonly baseUrl: string
}

export interface OpenAICompatibleProviders extends AsyncDisposable {
  /** Opens nothing yet: the connection is made when a model is asked. Throws a TypeError when the base URL is none. */
  connect(provider: OpenAICompatibleProvider): (model: string) => LanguageModel
}

/** All such providers of one process, on one pool of connections. `now` is in milliseconds since 1970. */
export function openAICompatibleProviders(now: () => number = Date.now): OpenAICompatibleProviders {
  const agent = new Agent({
    // Deadlines belong to the caller, who alone knows whether a turn waits for its first delta or for the next.
    headersTimeout: 0,
    bodyTimeout: 0,
    // A host that does not even answer the knock is given up early, so that another can be tried.
    connect: { timeout: 10_000 },
    // One turn, one socket: closing it is how a provider learns that nobody listens any more.
    allowH2: false,
    pipelining: 1,
  })
  return {
    connect(provider) {
      const nextKey = rotation(provider.keys)
      const url = chatCompletionsUrl(provider.baseUrl)
      const ask = (model: string, request: ModelRequest, signal: AbortSignal) =>
        exchange(agent, { url, headers: headersWith(nextKey()), body: toOpenAIRequest(provider.id, model, request) }, signal, now)
      return (model) => ({ provider: provider.id, model, stream: (request, signal) => ask(model, request, signal) })
    },
    async [Symbol.asyncDispose]() {
      await agent.destroy()
    },
  }
}

function headersWith(key: string | null): Record<string, string> {
  return {
    accept: 'text/event-stream',
    'content-type': 'application/json',
    'user-agent': 'parley',
    ...(key === null ? {} : { authorization: `Bearer ${key}` }),
  }
}

function rotation(keys: readonly string[]): () => string | null {
  let calls = 0
  return () => keys[calls++ % keys.length] ?? null
}

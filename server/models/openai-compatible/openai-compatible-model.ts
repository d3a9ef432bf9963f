/**
 * Whatever speaks OpenAI's Chat Completions: OpenAI itself, OpenRouter, Groq, Ollama, vLLM and many more.
 */
import { exchange } from '../exchange.ts'
import type { ConnectedProviders, ProviderAddress } from '../provider-address.ts'
import { providerAgent } from '../provider-agent.ts'
import type { ModelRequest } from '../language-model.ts'
import { openAIDialect } from './from-openai-stream.ts'
import { chatCompletionsUrl, toOpenAIRequest } from './to-openai-request.ts'

/** All such providers of one process, on one pool of connections. `now` is in milliseconds since 1970. */
export function openAICompatibleProviders(now: () => number = Date.now): ConnectedProviders {
  const agent = providerAgent()
  return {
    connect({ id, key, baseUrl }: ProviderAddress) {
      const url = chatCompletionsUrl(baseUrl)
      const ask = (model: string, request: ModelRequest, signal: AbortSignal) =>
        exchange(agent, { url, headers: headersWith(key), body: toOpenAIRequest(id, model, request) }, openAIDialect, signal, now)
      return (model) => ({ provider: id, model, stream: (request, signal) => ask(model, request, signal) })
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

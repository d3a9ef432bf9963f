/**
 * Google's Gemini API (https://ai.google.dev/api/generate-content).
 */
import { exchange } from '../exchange.ts'
import type { ModelRequest } from '../language-model.ts'
import type { ConnectedProviders, ProviderAddress } from '../provider-address.ts'
import { providerAgent } from '../provider-agent.ts'
import { googleDialect } from './from-google-stream.ts'
import { streamGenerateContentUrl, toGoogleRequest } from './to-google-request.ts'

/** All such providers of one process, on one pool of connections. `now` is in milliseconds since 1970. */
export function googleProviders(now: () => number = Date.now): ConnectedProviders {
  const agent = providerAgent()
  return {
    connect({ id, key, baseUrl }: ProviderAddress) {
      const ask = (model: string, request: ModelRequest, signal: AbortSignal) => {
        const url = streamGenerateContentUrl(baseUrl, model)
        return exchange(agent, { url, headers: headersWith(key), body: toGoogleRequest(model, request) }, googleDialect, signal, now)
      }
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
    ...(key === null ? {} : { 'x-goog-api-key': key }),
  }
}

/**
 * Anthropic's Messages API (https://docs.anthropic.com/en/api/messages), and whoever else speaks it.
 */
import { exchange } from '../exchange.ts'
import type { ModelRequest } from '../language-model.ts'
import type { ConnectedProviders, ProviderAddress } from '../provider-address.ts'
import { providerAgent } from '../provider-agent.ts'
import { anthropicDialect } from './from-anthropic-stream.ts'
import { messagesUrl, toAnthropicRequest } from './to-anthropic-request.ts'

/** The version of the protocol that this adapter speaks. */
const version = '2023-06-01'

/** All such providers of one process, on one pool of connections. `now` is in milliseconds since 1970. */
export function anthropicProviders(now: () => number = Date.now): ConnectedProviders {
  const agent = providerAgent()
  return {
    connect({ id, key, baseUrl }: ProviderAddress) {
      const url = messagesUrl(baseUrl)
      const ask = (model: string, request: ModelRequest, signal: AbortSignal) =>
        exchange(agent, { url, headers: headersWith(key), body: toAnthropicRequest(model, request) }, anthropicDialect, signal, now)
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
    'anthropic-version': version,
    'content-type': 'application/json',
    'user-agent': 'parley',
    ...(key === null ? {} : { 'x-api-key': key }),
  }
}

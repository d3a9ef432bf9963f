import { exchange, type Dialect } from './exchange.ts'
import type { ModelRequest } from './language-model.ts'
import type { ConnectedProviders, ProviderAddress } from './provider-address.ts'
import { providerAgent } from './provider-agent.ts'

/** What one protocol differs in from the others, between a request and its answer. */
export interface ProviderProtocol {
  url(baseUrl: string, model: string): URL
  body(provider: string, model: string, request: ModelRequest): string
  /** The headers that carry a key. */
  credentials(key: string): Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly dialect: Dialect
}

/** All providers of one protocol in one process, on one pool of connections. `now` is in milliseconds since 1970. */
export function connectedProviders(protocol: ProviderProtocol, now: () => number = Date.now): ConnectedProviders {
  const agent = providerAgent()
  return {
    connect({ id, key, baseUrl }: ProviderAddress) {
      const base = new URL(baseUrl).href
      const headers = {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        'user-agent': 'parley',
        ...protocol.headers,
        ...(key === null ? {} : protocol.credentials(key)),
      }
      const ask = (model: string, request: ModelRequest, signal: AbortSignal) =>
        exchange(agent, { url: protocol.url(base, model), headers, body: protocol.body(id, model, request) }, protocol.dialect, signal, now)
      return (model) => ({ provider: id, model, stream: (request, signal) => ask(model, request, signal) })
    },
    async [Symbol.asyncDispose]() {
      await agent.destroy()
    },
  }
}

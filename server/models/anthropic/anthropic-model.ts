/** Anthropic's Messages API (https://docs.anthropic.com/en/api/messages), and whoever else speaks it. */
import { connectedProviders } from '../connected-providers.ts'
import type { ConnectedProviders } from '../provider-address.ts'
import { anthropicDialect } from './from-anthropic-stream.ts'
import { messagesUrl, toAnthropicRequest } from './to-anthropic-request.ts'

/** The version of the protocol that this adapter speaks. */
const headers = { 'anthropic-version': '2023-06-01' }

export function anthropicProviders(now?: () => number): ConnectedProviders {
  const body = (_: string, ...[model, request]: Parameters<typeof toAnthropicRequest>) => toAnthropicRequest(model, request)
  return connectedProviders({ url: messagesUrl, body, headers, credentials: (key) => ({ 'x-api-key': key }), dialect: anthropicDialect }, now)
}

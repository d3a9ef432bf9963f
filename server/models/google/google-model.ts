/** Google's Gemini API (https://ai.google.dev/api/generate-content). */
import { connectedProviders } from '../connected-providers.ts'
import type { ConnectedProviders } from '../provider-address.ts'
import { googleDialect } from './from-google-stream.ts'
import { streamGenerateContentUrl, toGoogleRequest } from './to-google-request.ts'

export function googleProviders(now?: () => number): ConnectedProviders {
  const body = (_: string, ...[model, request]: Parameters<typeof toGoogleRequest>) => toGoogleRequest(model, request)
  return connectedProviders({ url: streamGenerateContentUrl, body, credentials: (key) => ({ 'x-goog-api-key': key }), dialect: googleDialect }, now)
}

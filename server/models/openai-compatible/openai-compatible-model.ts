/** Whatever speaks OpenAI's Chat Completions: OpenAI itself, OpenRouter, Groq, Ollama, vLLM and many more. */
import { connectedProviders } from '../connected-providers.ts'
import type { ConnectedProviders } from '../provider-address.ts'
import { openAIDialect } from './from-openai-stream.ts'
import { chatCompletionsUrl, toOpenAIRequest } from './to-openai-request.ts'

export function openAICompatibleProviders(now?: () => number): ConnectedProviders {
  return connectedProviders({ url: chatCompletionsUrl, body: toOpenAIRequest, credentials: (key) => ({ authorization: `Bearer ${key}` }), dialect: openAIDialect }, now)
}

import type { ModelMessage, ModelRequest } from '../language-model.ts'
import { addressBelow } from '../provider-address.ts'

/** Models that refuse any temperature: from Opus 4.7 and the fifth generation on. */
const withoutTemperature = /claude-([a-z]+-([5-9]|\d\d)(-|$)|opus-4-[789])/

/** The JSON body of `POST …/messages`. It holds nothing of who asks. Anthropic's temperatures end at 1. */
export function toAnthropicRequest(model: string, request: ModelRequest): string {
  const system = request.messages.filter(({ role }) => role === 'system').map(({ content }) => content)
  return JSON.stringify({
    model,
    max_tokens: request.maxTokens,
    ...(system.length > 0 && { system: system.join('\n\n') }),
    messages: spoken(request.messages),
    ...(!withoutTemperature.test(model) && { temperature: Math.min(1, request.temperature) }),
    stream: true,
  })
}

/** Anthropic refuses messages without text. */
function spoken(messages: readonly ModelMessage[]): readonly Pick<ModelMessage, 'role' | 'content'>[] {
  return messages.filter(({ role, content }) => role !== 'system' && content.trim() !== '').map(({ role, content }) => ({ role, content }))
}

/** Where to ask, from a base URL with or without its version segment. */
export function messagesUrl(baseUrl: string): URL {
  return addressBelow(baseUrl, 'v1', 'messages')
}

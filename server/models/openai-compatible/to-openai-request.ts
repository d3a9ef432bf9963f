import type { ModelRequest } from '../language-model.ts'
import { addressBelow } from '../provider-address.ts'

interface ModelHabits {
  readonly provider: string
  readonly models: RegExp
  readonly tokenLimit: 'max_tokens' | 'max_completion_tokens'
  readonly takesTemperature: boolean
}

/** Models that want other fields than the rest. OpenAI's reasoning models refuse `max_tokens`, and any temperature but 1. */
const habits: readonly ModelHabits[] = [
  { provider: 'openai', models: /^(gpt-5|o1|o3|o4)/, tokenLimit: 'max_completion_tokens', takesTemperature: false },
]
const usualHabits = { tokenLimit: 'max_tokens', takesTemperature: true } as const

/** The JSON body of `POST …/chat/completions`. It holds nothing of who asks. */
export function toOpenAIRequest(provider: string, model: string, request: ModelRequest): string {
  const { tokenLimit, takesTemperature } = habits.find((row) => row.provider === provider && row.models.test(model)) ?? usualHabits
  return JSON.stringify({
    model,
    messages: request.messages.map(({ role, content }) => ({ role, content })),
    stream: true,
    stream_options: { include_usage: true },
    [tokenLimit]: request.maxTokens,
    ...(takesTemperature ? { temperature: request.temperature } : {}),
  })
}

/** Where to ask, from a base URL with or without its version segment. */
export function chatCompletionsUrl(baseUrl: string): URL {
  return addressBelow(baseUrl, 'v1', 'chat/completions')
}

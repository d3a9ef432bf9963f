import type { ModelMessage, ModelRequest } from '../language-model.ts'
import { addressBelow } from '../provider-address.ts'

/** Models that think, and show their thoughts when they are asked to. */
const thinking = /^gemini-(2\.5|[3-9])(?!.*(image|tts|audio|live))/

/** The JSON body of `POST …:streamGenerateContent`. It holds nothing of who asks. */
export function toGoogleRequest(model: string, request: ModelRequest): string {
  const system = request.messages.filter(({ role }) => role === 'system').map(({ content }) => ({ text: content }))
  return JSON.stringify({
    ...(system.length > 0 && { systemInstruction: { parts: system } }),
    contents: spoken(request.messages),
    generationConfig: {
      temperature: request.temperature,
      maxOutputTokens: request.maxTokens,
      ...(thinking.test(model) && { thinkingConfig: { includeThoughts: true } }),
    },
  })
}

/** Google calls whoever answers `model`, and refuses parts without text. */
function spoken(messages: readonly ModelMessage[]): readonly object[] {
  return messages
    .filter(({ role, content }) => role !== 'system' && content !== '')
    .map(({ role, content }) => ({ role: role === 'assistant' ? 'model' : 'user', parts: [{ text: content }] }))
}

/** Where to ask for this model. Its name comes from users: whatever is in it stays one segment of the path. */
export function streamGenerateContentUrl(baseUrl: string, model: string): URL {
  const [, collection = 'models', name = model] = /^(models|tunedModels)\/(.+)$/s.exec(model) ?? []
  const url = addressBelow(baseUrl, 'v1beta', `${collection}/${encodeURIComponent(name.toWellFormed())}:streamGenerateContent`)
  url.searchParams.set('alt', 'sse')
  return url
}

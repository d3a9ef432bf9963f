import { completeStory, eventWriter, oddEvents, type Phrases, promptTokens, type SimulatorScript, type Told } from './provider-simulator-script.ts'
import type { SimulatedWire } from './provider-simulator-wire.ts'

interface Content {
  readonly role?: string
  readonly parts?: readonly { readonly text?: string }[]
}

/** Google's streamGenerateContent. */
export const googleWire: SimulatedWire = {
  name: 'google',
  route: /:(streamGenerateContent|generateContent)$/,
  modelOf: (path) => decodeURIComponent(/\/(?:models|tunedModels)\/(.+?):/.exec(path)?.[1] ?? ''),
  messagesOf(body) {
    const textOf = ({ parts = [] }: Content) => parts.map(({ text }) => text ?? '').join('\n\n')
    const said = (Array.isArray(body.contents) ? body.contents : []) as Content[]
    const system = body.systemInstruction ? [{ role: 'system', content: textOf(body.systemInstruction as Content) }] : []
    return [...system, ...said.map((content) => ({ role: content.role === 'model' ? 'assistant' : 'user', content: textOf(content) }))]
  },
  wantsStream: (path) => /:streamGenerateContent\?(.*&)?alt=sse/.test(path),
  wantsUsage: () => true,
  phrases,
  document(script, deltas) {
    const story = completeStory(script, deltas)
    const parts = [...(story.thought === '' ? [] : [{ text: story.thought, thought: true }]), { text: story.text }]
    return JSON.stringify([{ ...chunkOf(parts, finishReasons[story.end]), usageMetadata: usageOf(story) }])
  },
  error(status, message) {
    const details = status === 400 && /API key/.test(message) ? [{ reason: 'API_KEY_INVALID' }] : []
    return JSON.stringify({ error: { code: status, message, status: status === 429 ? 'RESOURCE_EXHAUSTED' : 'UNKNOWN', details } })
  },
}

const finishReasons = { complete: 'STOP', tool: 'STOP', length: 'MAX_TOKENS', refuse: 'PROHIBITED_CONTENT', filter: 'SAFETY' } as const

function phrases(script: SimulatorScript): Phrases {
  const event = eventWriter(script)
  let tokens = 0
  const counted = { usageMetadata: { promptTokenCount: promptTokens } }
  const chunk = (parts: readonly object[]) => event({ ...chunkOf(parts), ...(!script.flags.has('nousage') && counted) })
  return {
    begin: () => '',
    thought: (text) => chunk([{ text, thought: true }]),
    speak: () => '',
    odd: () => oddEvents(script) + event({ candidates: [] }),
    callBegin: () => '',
    text(delta) {
      tokens += 1
      const told = { end: 'complete', tokens, thoughts: 0, usage: true } as const
      return event({ ...chunkOf([{ text: delta }]), ...(!script.flags.has('nousage') && { usageMetadata: usageOf(told) }) })
    },
    // Calls come whole: what is not JSON can only come as text.
    callPiece(_piece, whole) {
      if (whole === null) return ''
      const args: unknown = script.flags.has('badtool') ? whole : JSON.parse(whole)
      return chunk([{ functionCall: { id: 'call_sim', name: 'search', args } }])
    },
    broken: () => event('{"candidates":[{"content":{"par'),
    error: () => event({ error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }),
    ending: () => '',
    terminator: (told) => event({ ...chunkOf([{ text: '' }], finishReasons[told.end]), ...(told.usage && { usageMetadata: usageOf(told) }) }),
    around: () => ['data: {"candidates":[{"content":{"parts":[{"text":"', '"}],"role":"model"}}]}\n\n'],
  }
}

function chunkOf(parts: readonly object[], finishReason?: string): object {
  return { candidates: [{ content: { parts, role: 'model' }, ...(finishReason && { finishReason }), index: 0 }], responseId: 'simulated' }
}

/** As it stands with this chunk: each repeats what the ones before it counted. */
function usageOf({ tokens, thoughts }: Told): object {
  return {
    promptTokenCount: promptTokens,
    cachedContentTokenCount: 0,
    candidatesTokenCount: tokens,
    thoughtsTokenCount: thoughts,
    totalTokenCount: promptTokens + tokens + thoughts,
  }
}

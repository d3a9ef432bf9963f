import { completeStory, eventWriter, oddEvents, type Phrases, promptTokens, type SimulatorScript, type Told } from './provider-simulator-script.ts'
import type { SimulatedWire } from './provider-simulator-wire.ts'

/** OpenAI's Chat Completions. */
export const openAIWire: SimulatedWire = {
  name: 'openai',
  route: /\/chat\/completions$/,
  modelOf: (_path, body) => String(body.model),
  messagesOf: (body) => (Array.isArray(body.messages) ? body.messages : []),
  wantsStream: (_path, body) => body.stream === true,
  wantsUsage: (body) => (body.stream_options as { include_usage?: unknown } | undefined)?.include_usage === true,
  phrases,
  document(script, deltas) {
    const story = completeStory(script, deltas)
    const message = { role: 'assistant', content: story.text, ...(story.thought !== '' && { reasoning_content: story.thought }) }
    const choices = [{ index: 0, message, logprobs: null, finish_reason: finishReasons[story.end] }]
    return JSON.stringify({ ...chunkHead(script), object: 'chat.completion', choices, usage: usageOf(story) })
  },
  error: (_status, message) => JSON.stringify({ error: { message, type: 'simulated_error', param: null, code: null } }),
}

const serverError = { error: { message: 'The server had an error', type: 'server_error', param: null, code: null } }
const finishReasons = { complete: 'stop', tool: 'tool_calls', length: 'length', refuse: 'stop', filter: 'content_filter' } as const

function phrases(script: SimulatorScript): Phrases {
  const event = eventWriter(script)
  const head = JSON.stringify(chunkHead(script)).slice(0, -1)
  const chunk = (delta: object, finish: string | null = null) =>
    event(`${head},"choices":[${JSON.stringify({ index: 0, delta, logprobs: null, finish_reason: finish })}],"usage":null}`)
  const call = { index: 0, id: 'call_sim', type: 'function', function: { name: 'search', arguments: '' } }
  return {
    begin: () => chunk({ role: 'assistant', content: '' }),
    thought: (text) => chunk({ reasoning_content: text }),
    speak: () => '',
    odd: () => oddEvents(script) + event({ choices: [] }),
    callBegin: () => chunk({ tool_calls: [call] }),
    text: (delta) => chunk({ content: delta }),
    callPiece: (piece) => chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] }),
    broken: () => event('{"choices":[{"index":0,"del'),
    error: () => event(serverError),
    ending(told) {
      const usage = told.usage ? event({ ...chunkHead(script), choices: [], usage: usageOf(told) }) : ''
      return (told.end === 'refuse' ? chunk({ refusal: ' No.' }) : '') + chunk({}, finishReasons[told.end]) + usage
    },
    terminator: () => event('[DONE]'),
    around: () => ['data: {"choices":[{"index":0,"delta":{"content":"', '"}}]}\n\n'],
  }
}

function chunkHead({ model }: SimulatorScript): object {
  return { id: 'chatcmpl-simulated', object: 'chat.completion.chunk', created: 1_760_000_000, model }
}

function usageOf({ tokens, thoughts }: Told): object {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: tokens + thoughts,
    total_tokens: promptTokens + tokens + thoughts,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: thoughts },
  }
}

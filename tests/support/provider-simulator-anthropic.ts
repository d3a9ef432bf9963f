import { completeStory, eventWriter, oddEvents, type Phrases, promptTokens, type SimulatorScript, type Told } from './provider-simulator-script.ts'
import type { SimulatedWire } from './provider-simulator-wire.ts'

/** Anthropic's Messages. */
export const anthropicWire: SimulatedWire = {
  name: 'anthropic',
  route: /\/messages$/,
  modelOf: (_path, body) => String(body.model),
  messagesOf(body) {
    const said = (Array.isArray(body.messages) ? body.messages : []) as { role: string; content: string }[]
    return typeof body.system === 'string' ? [{ role: 'system', content: body.system }, ...said] : said
  },
  wantsStream: (_path, body) => body.stream === true,
  wantsUsage: () => true,
  phrases,
  document(script, deltas) {
    const story = completeStory(script, deltas)
    const thinking = story.thought === '' ? [] : [{ type: 'thinking', thinking: story.thought, signature: 'simulated' }]
    const content = [...thinking, { type: 'text', text: story.text }]
    const message = { ...messageHead(script), content, stop_reason: stopReasons[story.end], usage: { input_tokens: promptTokens, ...outputOf(story) } }
    return JSON.stringify(message)
  },
  error: (status, message) => JSON.stringify({ type: 'error', error: { type: status === 429 ? 'rate_limit_error' : 'simulated_error', message } }),
}

const stopReasons = { complete: 'end_turn', tool: 'tool_use', length: 'max_tokens', refuse: 'refusal', filter: 'refusal' } as const

function phrases(script: SimulatorScript): Phrases {
  const write = eventWriter(script)
  const event = (value: { readonly type: string }) => write(value, value.type)
  let index = 0
  const start = (block: object) => event({ type: 'content_block_start', index, content_block: block } as { type: string })
  const delta = (value: object) => event({ type: 'content_block_delta', index, delta: value } as { type: string })
  const stop = () => event({ type: 'content_block_stop', index: index++ } as { type: string })
  const signed = () => delta({ type: 'signature_delta', signature: 'simulated' }) + stop()
  let thinks = false
  const first = (block: object) => (thinks ? signed() : '') + start(block)
  return {
    begin() {
      const usage = script.flags.has('nousage') ? {} : { usage: { input_tokens: promptTokens, cache_read_input_tokens: 0, output_tokens: 1 } }
      return event({ type: 'message_start', message: { ...messageHead(script), content: [], stop_reason: null, ...usage } } as { type: string })
    },
    thought(text) {
      const opened = thinks ? '' : start({ type: 'thinking', thinking: '', signature: '' })
      thinks = true
      return opened + delta({ type: 'thinking_delta', thinking: text })
    },
    speak: () => first({ type: 'text', text: '' }) + event({ type: 'ping' }),
    odd: () => oddEvents(script) + event({ type: 'ping' }),
    callBegin: () => first({ type: 'tool_use', id: 'call_sim', name: 'search', input: {} }) + delta({ type: 'input_json_delta', partial_json: '' }),
    text: (text) => delta({ type: 'text_delta', text }),
    callPiece: (piece) => delta({ type: 'input_json_delta', partial_json: piece }),
    broken: () => write('{"type":"content_block_delta","index":0,"del', 'content_block_delta'),
    error: () => event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } } as { type: string }),
    ending(told) {
      const end = { type: 'message_delta', delta: { stop_reason: stopReasons[told.end], stop_sequence: null }, ...(told.usage && { usage: outputOf(told) }) }
      return stop() + event(end)
    },
    terminator: () => event({ type: 'message_stop' }),
    around: () => ['event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"', '"}}\n\n'],
  }
}

function messageHead({ model }: SimulatorScript): object {
  return { id: 'msg_simulated', type: 'message', role: 'assistant', model, stop_sequence: null }
}

function outputOf({ tokens, thoughts }: Told): object {
  return { output_tokens: tokens + thoughts, output_tokens_details: { thinking_tokens: thoughts } }
}

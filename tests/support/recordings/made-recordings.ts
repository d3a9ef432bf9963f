/**
 * Streams made by hand, after what the providers document, of kinds of events that few recordings have: each is one answer, event
 * by event.
 */
import type { Recording } from './recording.ts'

type Events = readonly object[]

const chunk = (delta: object, more: object = {}) => ({ id: 'c', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: null, ...more }] })
const finish = (reason: string) => chunk({}, { finish_reason: reason })
const piece = (args: string, index?: number, id?: string, name?: string) => ({
  ...(index !== undefined && { index }), ...(id !== undefined && { id }), function: { ...(name !== undefined && { name }), arguments: args },
})
const calls = (...pieces: readonly object[]) => chunk({ tool_calls: pieces })
const counted = { prompt_tokens: 31, completion_tokens: 9, prompt_tokens_details: { cached_tokens: 16 }, completion_tokens_details: { reasoning_tokens: 4 } }
const logprobs = (...values: readonly number[]) => ({ content: values.map((logprob) => ({ token: 'x', logprob, top_logprobs: [] })), refusal: null })

const openai: Readonly<Record<string, Events>> = {
  refusal: [chunk({ role: 'assistant', content: null }), chunk({ refusal: 'I cannot' }), chunk({ refusal: ' do that.' }), finish('stop')],
  'refusal with its finish': [chunk({ content: 'Well. ' }), chunk({ refusal: 'No.' }, { finish_reason: 'stop' })],
  truncated: [chunk({ content: 'It goes on' }), finish('length'), { choices: [], usage: counted }],
  filtered: [chunk({ content: 'It was' }), finish('content_filter')],
  'log-probabilities': [chunk({ content: 'a' }, { logprobs: logprobs(-0.1) }), chunk({ content: ' b' }, { logprobs: logprobs(-0.2, -3) }), finish('stop')],
  'cache writes': [chunk({ content: 'a' }), finish('stop'), { choices: [], usage: { ...counted, prompt_tokens_details: { cached_tokens: 2, cache_write_tokens: 20 } } }],
  'calls side by side': [
    calls(piece('', 0, 'a', 'first')), calls(piece('{"q":', 0)), calls(piece('', 1, 'b', 'second')), calls(piece('1}', 0), piece('{}', 1)), finish('tool_calls'),
  ],
  'a call without arguments': [calls(piece('', 0, 'a', 'now')), finish('tool_calls')],
  'an unknown reason': [chunk({ content: 'a' }), finish('eos')],
  'an error after text': [chunk({ content: 'a' }), { error: { message: 'gone', type: 'server_error', param: null, code: null } }],
  'halves of a character': [chunk({ content: 'x\ud83d' }), chunk({ content: '\ude42y' }), finish('stop')],
}

const compatible: Readonly<Record<string, Events>> = {
  'reasoning by its other name': [chunk({ reasoning: 'Hm. ' }), chunk({ reasoning: 'So.' }), chunk({ content: 'Yes.' }), finish('stop')],
  'typed parts': [
    chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }, { type: 'text', text: 'Yes' }] }), chunk({ content: ' indeed' }), finish('stop'),
  ],
  'every call at index 0': [calls(piece('{"a":1}', 0, 'a', 'first')), calls(piece('{"b":2}', 0, 'b', 'second')), finish('tool_calls')],
  'the same tool twice at index 0': [calls(piece('{"a":1}', 0, 'a', 'look')), calls(piece('{"a":2}', 0, 'b', 'look')), finish('tool_calls')],
  'one id for two calls': [calls(piece('{"a":1}', 0, 'x', 'first')), calls(piece('{"b":2}', 1, 'x', 'second')), finish('tool_calls')],
  'no index at all': [calls(piece('{"a"', undefined, 'a', 'first')), calls(piece(':1}', undefined, 'a')), calls(piece('{}', undefined, 'b', 'second')), finish('tool_calls')],
  'one call without labels': [calls(piece('{"a"', undefined, 'a', 'only')), calls(piece(':1}')), finish('tool_calls')],
  'the name after the arguments': [calls(piece('{"a"', 0, 'a')), calls(piece(':1}', 0, undefined, 'late')), finish('tool_calls')],
  'a name repeated with each piece': [calls(piece('{"a"', 0, 'a', 'f')), calls(piece(':1}', 0, 'a', 'f')), finish('tool_calls')],
  'a blank name behind': [calls(piece('{"a"', 0, 'a', 'f')), calls(piece(':1}', 0, '', '')), finish('tool_calls')],
  'usage with the finish': [chunk({ content: 'a' }), { ...finish('stop'), usage: counted }],
  'usage with every chunk': [{ ...chunk({ content: 'a' }), usage: { prompt_tokens: 3, completion_tokens: 1 } }, { ...finish('stop'), usage: { prompt_tokens: 3, completion_tokens: 2 } }],
  'a refusal': [chunk({ refusal: 'No.' }), finish('stop')],
}

const groq: Readonly<Record<string, Events>> = {
  reasoning: [chunk({ role: 'assistant', reasoning: 'Hm.' }), chunk({ content: 'Yes.' }), { ...finish('stop'), x_groq: { id: 'r', usage: counted } }],
  truncated: [chunk({ content: 'It goes' }), { ...finish('length'), x_groq: { id: 'r', usage: { prompt_tokens: 4, completion_tokens: 2 } } }],
}

const began = (usage: object = { input_tokens: 20, output_tokens: 1 }) => ({ type: 'message_start', message: { id: 'm', model: 'c', role: 'assistant', content: [], stop_reason: null, usage } })
const block = (index: number, content: object) => ({ type: 'content_block_start', index, content_block: content })
const grown = (index: number, delta: object) => ({ type: 'content_block_delta', index, delta })
const closed = (index: number) => ({ type: 'content_block_stop', index })
const turned = (reason: string | null, usage: object = { output_tokens: 12 }) => ({ type: 'message_delta', delta: { stop_reason: reason, stop_sequence: null }, usage })
const over = { type: 'message_stop' }
const said = (index: number, text: string) => [block(index, { type: 'text', text: '' }), grown(index, { type: 'text_delta', text }), closed(index)]
const input = (index: number, partial: string) => grown(index, { type: 'input_json_delta', partial_json: partial })
const cached = { input_tokens: 5, cache_creation_input_tokens: 100, cache_read_input_tokens: 2000, output_tokens: 1 }
const rounds = [
  { type: 'compaction', input_tokens: 500, output_tokens: 30 }, { type: 'message', input_tokens: 40, output_tokens: 10 },
  { type: 'advisor_message', model: 'o', input_tokens: 7, output_tokens: 7 },
]

const anthropic: Readonly<Record<string, Events>> = {
  thinking: [
    began(), block(0, { type: 'thinking', thinking: '', signature: '' }), grown(0, { type: 'thinking_delta', thinking: 'Let me' }), grown(0, { type: 'thinking_delta', thinking: ' see.' }),
    grown(0, { type: 'signature_delta', signature: 'xyz' }), closed(0), block(1, { type: 'redacted_thinking', data: 'xyz' }), closed(1), ...said(2, 'Yes.'),
    turned('end_turn', { output_tokens: 20, output_tokens_details: { thinking_tokens: 8 } }), over,
  ],
  'cache tokens': [began(cached), ...said(0, 'Hello'), turned('end_turn', { ...cached, output_tokens: 3 }), over],
  'cache tokens only in the end': [began({ input_tokens: 5, output_tokens: 1 }), ...said(0, 'Hello'), turned('end_turn', { ...cached, output_tokens: 3 }), over],
  'several rounds': [began(), ...said(0, 'Hello'), turned('end_turn', { output_tokens: 10, iterations: rounds }), over],
  'a model that stood in': [began(), ...said(0, 'Hi'), turned('end_turn', { output_tokens: 10, iterations: [{ type: 'message', input_tokens: 1, output_tokens: 0 }, { type: 'fallback_message', model: 'f', input_tokens: 20, output_tokens: 10 }] }), over],
  'two calls': [
    began(), ...said(0, 'Both.'), block(1, { type: 'tool_use', id: 'a', name: 'first', input: {} }), input(1, '{"q": "x'), input(1, 'y"}'), closed(1),
    block(2, { type: 'tool_use', id: 'b', name: 'second', input: {} }), closed(2), turned('tool_use'), over,
  ],
  'arguments with the block': [began(), block(0, { type: 'tool_use', id: 'a', name: 'f', input: { q: 1 } }), closed(0), turned('tool_use'), over],
  'a call in the first event': [
    { type: 'message_start', message: { id: 'm', model: 'c', role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: { q: 1 } }], stop_reason: 'tool_use', usage: { input_tokens: 9, output_tokens: 0 } } },
    turned('tool_use'), over,
  ],
  'code that Anthropic runs': [
    began(), block(0, { type: 'server_tool_use', id: 's', name: 'bash_code_execution', input: {} }), input(0, '{"command"'), input(0, ': "ls"}'), closed(0),
    block(1, { type: 'bash_code_execution_tool_result', tool_use_id: 's', content: { type: 'bash_code_execution_result', content: [], stdout: 'a', stderr: '', return_code: 0 } }), closed(1),
    ...said(2, 'Done.'), turned('end_turn'), over,
  ],
  'a search that Anthropic runs': [
    began(), block(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }), input(0, '{"query": "x"}'), closed(0),
    block(1, { type: 'web_search_tool_result', tool_use_id: 's', content: [{ type: 'web_search_result', url: 'https://a.example', title: 'A', encrypted_content: 'x', page_age: null }] }), closed(1),
    block(2, { type: 'text', text: '', citations: [] }), grown(2, { type: 'citations_delta', citation: { type: 'web_search_result_location', cited_text: 'a', url: 'https://a.example', title: 'A', encrypted_index: 'x' } }),
    grown(2, { type: 'text_delta', text: 'Found.' }), closed(2), turned('end_turn'), over,
  ],
  'an MCP server that Anthropic calls': [
    began(), block(0, { type: 'mcp_tool_use', id: 'x', name: 'echo', server_name: 'e', input: { message: 'hi' } }), closed(0),
    block(1, { type: 'mcp_tool_result', tool_use_id: 'x', is_error: false, content: [{ type: 'text', text: 'hi' }] }), closed(1), ...said(2, 'hi'), turned('end_turn'), over,
  ],
  compaction: [began(), block(0, { type: 'compaction', content: null }), grown(0, { type: 'compaction_delta', content: 'So far.' }), closed(0), ...said(1, 'On.'), turned('end_turn'), over],
  truncated: [began(), ...said(0, 'It goes'), turned('max_tokens'), over],
  'out of window': [began(), ...said(0, 'It goes'), turned('model_context_window_exceeded'), over],
  paused: [began(), ...said(0, 'Wait'), turned('pause_turn'), over],
  'the end told twice': [began(), ...said(0, 'Hi'), turned(null, { output_tokens: 1 }), turned('end_turn', { output_tokens: 2 }), over],
  'began twice': [began(), began(), ...said(0, 'Hi'), turned('end_turn'), over],
  'overloaded in the middle': [began(), block(0, { type: 'text', text: '' }), grown(0, { type: 'text_delta', text: 'Hel' }), { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }],
  'overloaded at once': [{ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }],
  'no end': [began(), block(0, { type: 'text', text: '' }), grown(0, { type: 'text_delta', text: 'Hel' })],
}

const candidate = (parts: readonly object[], more: object = {}) => ({ candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }] })
const stop = { finishReason: 'STOP' }
const call = (value: object) => candidate([{ functionCall: value }])

const google: Readonly<Record<string, Events>> = {
  thoughts: [
    { ...candidate([{ text: 'Hm. ', thought: true }]), usageMetadata: { promptTokenCount: 5, thoughtsTokenCount: 3 } }, candidate([{ text: 'So.', thought: true }, { text: 'Yes' }]),
    { ...candidate([{ text: '.' }], stop), usageMetadata: { promptTokenCount: 5, thoughtsTokenCount: 6, candidatesTokenCount: 2, cachedContentTokenCount: 4 } },
  ],
  'a safety stop': [candidate([{ text: 'It is' }]), { ...candidate([], { finishReason: 'SAFETY', safetyRatings: [{ category: 'HARM', probability: 'HIGH', blocked: true }] }), usageMetadata: { promptTokenCount: 5 } }],
  'a safety stop without content': [{ candidates: [{ finishReason: 'SAFETY', index: 0 }], usageMetadata: { promptTokenCount: 5 } }],
  'a blocked question': [{ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 8, totalTokenCount: 8 } }],
  'a question that was not blocked': [{ promptFeedback: { blockReason: 'BLOCK_REASON_UNSPECIFIED' } }, candidate([{ text: 'Yes' }], stop)],
  truncated: [candidate([{ text: 'It goes' }], { finishReason: 'MAX_TOKENS' })],
  recitation: [candidate([{ text: 'It goes' }], { finishReason: 'RECITATION' })],
  'a malformed call': [candidate([], { finishReason: 'MALFORMED_FUNCTION_CALL' })],
  'an unknown reason': [candidate([{ text: 'a' }], { finishReason: 'LANGUAGE' })],
  'two calls': [call({ id: 'a', name: 'first', args: { q: 'é' } }), candidate([{ functionCall: { name: 'second', args: {} } }], stop)],
  'a call without arguments': [candidate([{ functionCall: { name: 'now' } }], stop)],
  'arguments one by one': [
    call({ name: 'cook', willContinue: true }), call({ partialArgs: [{ jsonPath: '$.dish', stringValue: 'Las', willContinue: true }], willContinue: true }),
    call({ partialArgs: [{ jsonPath: '$.dish', stringValue: 'agna' }, { jsonPath: '$.steps[0].text', stringValue: 'Boil "x"' }], willContinue: true }),
    call({ partialArgs: [{ jsonPath: '$.steps[1].minutes', numberValue: 7 }, { jsonPath: '$.vegan', boolValue: false }, { jsonPath: '$.note', nullValue: null }], willContinue: true }),
    call({ partialArgs: [{ jsonPath: '$.tags[]' }], willContinue: true }), call({}), candidate([{ text: '' }], stop),
  ],
  'arguments in one piece': [call({ id: 'a', name: 'light', partialArgs: [{ jsonPath: '$.brightness', numberValue: 50 }] }), candidate([], stop)],
  'code that Google runs': [
    candidate([{ executableCode: { language: 'PYTHON', code: 'print(1)' } }]), candidate([{ codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } }]), candidate([{ text: 'One.' }], stop),
  ],
  'a search that Google runs': [
    candidate([{ toolCall: { toolType: 'GOOGLE_SEARCH', args: { query: 'x' }, id: 's' } }]), candidate([{ toolResponse: { toolType: 'GOOGLE_SEARCH', response: {}, id: 's' } }]), candidate([{ text: 'Found.' }], stop),
  ],
  "prompts of Google's tools": [{ ...candidate([{ text: 'a' }], stop), usageMetadata: { promptTokenCount: 5, toolUsePromptTokenCount: 40, candidatesTokenCount: 1, thoughtsTokenCount: 2 } }],
  'usage behind the finish': [candidate([{ text: 'a' }], stop), { usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 1 } }],
  'an error after text': [candidate([{ text: 'a' }]), { error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } }],
  'no end': [candidate([{ text: 'a' }])],
}

const made = { openai, 'openai-compatible': compatible, groq, anthropic, google }

export const madeRecordings: readonly Recording[] = Object.entries(made).flatMap(([family, streams]) =>
  Object.entries(streams).map(([name, events]) => ({
    family: family as Recording['family'], name: `made by hand: ${family}, ${name}`, lines: events.map((event) => JSON.stringify(event)),
  })),
)

/** What the AI SDK makes of a body: the second opinion that our readers are compared with. */
import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogle } from '@ai-sdk/google'
import { createGroq } from '@ai-sdk/groq'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { ToolCall } from '../../../server/models/language-model.ts'
import type { Heard } from '../../models/ask.ts'
import type { Family } from './recording.ts'

/** What both make of a body. Ids that the wire does not give are made up by each, and shown as `made`. */
export interface Summary {
  readonly text: string
  readonly reasoning: string
  readonly toolCalls: readonly ToolCall[]
  /** `failed`: an error, or no terminator. */
  readonly finishReason: string
  /** Input, cached, written to a cache, output, reasoning; the AI SDK counts as 0 what was not given. Null where it failed. */
  readonly usage: readonly number[] | null
}

type Model = ReturnType<ReturnType<typeof createOpenAI>['chat']>
type Part = NonNullable<Awaited<ReturnType<ReturnType<Awaited<ReturnType<Model['doStream']>>['stream']['getReader']>['read']>>['value']>
type CallPart = Extract<Part, { type: 'tool-call' }>

const key = { apiKey: 'none', baseURL: 'http://localhost/v1' }
const modelOf: Readonly<Record<Family, (fetch: typeof globalThis.fetch) => Model>> = {
  openai: (fetch) => createOpenAI({ ...key, fetch }).chat('recorded'),
  'openai-compatible': (fetch) => createOpenAICompatible({ ...key, fetch, name: 'recorded', includeUsage: true }).chatModel('recorded') as Model,
  groq: (fetch) => createGroq({ ...key, fetch })('recorded') as Model,
  anthropic: (fetch) => createAnthropic({ ...key, fetch })('recorded') as Model,
  google: (fetch) => createGoogle({ ...key, fetch })('recorded') as Model,
}

export async function askOracle(family: Family, body: Buffer): Promise<Summary> {
  const fetch = async () => new Response(new Uint8Array(body), { headers: { 'content-type': 'text/event-stream' } })
  const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello' }] }]
  const summary = { text: '', reasoning: '', toolCalls: [] as ToolCall[], finishReason: 'failed', usage: null as readonly number[] | null }
  let failed = false
  try {
    const { stream } = await modelOf[family](fetch).doStream({ prompt })
    for await (const part of stream) {
      if (part.type === 'text-delta') summary.text += part.delta
      if (part.type === 'reasoning-delta') summary.reasoning += part.delta
      if (part.type === 'tool-call') summary.toolCalls.push(asWritten(part, body))
      if (part.type === 'error') failed = true
      if (part.type === 'finish') Object.assign(summary, endOf(part))
    }
  } catch {
    failed = true
  }
  return failed || summary.finishReason === 'failed' ? { ...summary, finishReason: 'failed', usage: null } : summary
}

export function summaryOf({ text, reasoning, toolCalls, last }: Heard, body: Buffer): Summary {
  const shown = toolCalls.map((call) => ({ ...call, id: idOf(call.id, body) }))
  const spoken = { text, reasoning, toolCalls: shown.map((call) => (call.runBy === 'provider' ? { ...call, arguments: sameJson(call.arguments) } : call)) }
  if (last?.type !== 'finish') return { ...spoken, finishReason: 'failed', usage: null }
  const { input, cached_input, cache_write_input, output, reasoning: thought } = last.usage ?? {}
  const usage = [input, cached_input, cache_write_input, output, thought].map((count) => count ?? 0)
  return { ...spoken, finishReason: last.reason === 'refused' ? 'filtered' : last.reason, usage }
}

const finishReasons: Readonly<Record<string, string>> = {
  stop: 'complete',
  length: 'truncated',
  'content-filter': 'filtered',
  'tool-calls': 'tool-calls',
  interrupted: 'failed',
}

function endOf({ finishReason, usage: { inputTokens: sent, outputTokens: came } }: Extract<Part, { type: 'finish' }>): Pick<Summary, 'finishReason' | 'usage'> {
  return {
    finishReason: finishReasons[finishReason.unified] ?? 'other',
    usage: [sent.total, sent.cacheRead, sent.cacheWrite, came.total, came.reasoning].map((count) => count ?? 0),
  }
}

/** The call as it stood on the wire: the AI SDK gives the tools that a provider runs names and arguments of its own. */
function asWritten({ toolCallId, toolName, input, providerExecuted }: CallPart, body: Buffer): ToolCall {
  const id = idOf(toolCallId, body)
  if (!providerExecuted) return { id, name: toolName, arguments: input, runBy: 'us' }
  const value = JSON.parse(input) as { type?: string }
  const wireName = toolName === 'code_execution' ? value.type : undefined
  if (wireName !== undefined) delete value.type
  const name = wireName === undefined || wireName === 'programmatic-tool-call' ? toolName : wireName
  return { id, name: name.replace(/^server:/, ''), arguments: sameJson(JSON.stringify(value)), runBy: 'provider' }
}

function idOf(id: string, body: Buffer): string {
  return body.includes(JSON.stringify(id)) ? id : 'made'
}

function sameJson(text: string): string {
  return JSON.stringify(JSON.parse(text))
}

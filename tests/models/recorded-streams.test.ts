/** What our reader makes of recorded answers must equal what the AI SDK makes of the same bytes, however they are cut. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { fromOpenAIStream } from '../../server/models/openai-compatible/from-openai-stream.ts'
import { OpenAIAnswer } from '../../server/models/openai-compatible/openai-answer.ts'
import { type Heard, hear, heard, startProvider } from './ask.ts'

const recordings = new URL('../../../shared/provider-streams/', import.meta.url)
const folders = ['openai', 'openai-compatible', 'groq']
const filesIn = (folder: string) => readdirSync(new URL(folder, recordings)).map((file) => `${folder}/${file}`)
const files = existsSync(recordings) ? folders.flatMap(filesIn).filter((file) => file.endsWith('.jsonl')) : []

interface Summary {
  readonly text: string
  readonly reasoning: string
  readonly toolCalls: readonly { id: string; name: string; arguments: string }[]
  readonly finishReason: string
  /** input, cached, output, reasoning; the AI SDK counts as 0 what was not given. */
  readonly usage: readonly number[]
}

test('recordings are there', { skip: files.length > 0 ? false : 'not run: the recorded provider streams are not on this machine' }, () => {
  assert.ok(files.length >= folders.length)
})

for (const file of files) {
  const lines = readFileSync(new URL(file, recordings), 'utf8').split('\n').filter((line) => line !== '')
  const body = Buffer.from(`${lines.map((line) => `data: ${line}\n\n`).join('')}data: [DONE]\n\n`)

  test(`${file}: the same as the AI SDK, however the bytes are cut`, async () => {
    const expected = await askOracle(file, body)

    for (const size of [1, 2, 3, 7, 64, 1000, 65_536]) {
      assert.deepEqual(summaryOf(readInPieces(body, size)), expected, `${size} bytes at a time`)
    }
    assert.ok(expected.text + expected.reasoning !== '' || expected.toolCalls.length > 0)
  })

  test(`${file}: the same over a socket`, async (t) => {
    const expected = await askOracle(file, body)
    const { simulator, model } = await startProvider(t)
    const sizes = body.length < 10_000 ? [1, 97] : [97, 4096]
    for (const size of sizes) {
      simulator.script(`sim-s1-x${size}`, body)

      assert.deepEqual(summaryOf(await hear(model(`sim-s1-x${size}`))), expected)
    }
  })
}

function readInPieces(body: Buffer, size: number): Heard {
  const answer = new OpenAIAnswer(200)
  const reader = fromOpenAIStream(answer)
  for (let at = 0; at < body.length; at += size) reader.read(body.subarray(at, at + size))
  reader.end(false)
  return heard([answer.take()])
}

function summaryOf({ text, reasoning, toolCalls, last }: Heard): Summary {
  assert.ok(last?.type === 'finish', JSON.stringify(last))
  const { input, cached_input, output, reasoning: thought } = last.usage ?? {}
  return { text, reasoning, toolCalls, finishReason: last.reason, usage: [input ?? 0, cached_input ?? 0, output ?? 0, thought ?? 0] }
}

const finishReasons: Record<string, string> = {
  stop: 'complete',
  length: 'truncated',
  'content-filter': 'filtered',
  'tool-calls': 'tool-calls',
}

async function askOracle(file: string, body: Buffer): Promise<Summary> {
  const fetch = async () => new Response(new Uint8Array(body), { headers: { 'content-type': 'text/event-stream' } })
  const options = { apiKey: 'none', baseURL: 'http://localhost/v1', fetch }
  const model = file.startsWith('openai/')
    ? createOpenAI(options).chat('recorded')
    : createOpenAICompatible({ ...options, name: 'recorded', includeUsage: true }).chatModel('recorded')
  const { stream } = await model.doStream({ prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] })
  const toolCalls: { id: string; name: string; arguments: string }[] = []
  const summary = { text: '', reasoning: '', toolCalls, finishReason: '', usage: [0, 0, 0, 0] }
  for await (const part of stream) {
    if (part.type === 'text-delta') summary.text += part.delta
    if (part.type === 'reasoning-delta') summary.reasoning += part.delta
    if (part.type === 'tool-call') toolCalls.push({ id: part.toolCallId, name: part.toolName, arguments: part.input })
    if (part.type !== 'finish') continue
    const { inputTokens, outputTokens } = part.usage
    summary.finishReason = finishReasons[part.finishReason.unified] ?? 'other'
    summary.usage = [inputTokens.total, inputTokens.cacheRead, outputTokens.total, outputTokens.reasoning].map((count) => count ?? 0)
  }
  return summary
}

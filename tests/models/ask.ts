import type { LanguageModel, ModelFailure, ModelPart, ModelRequest, ToolCall } from '../../server/models/language-model.ts'
import { anthropicProviders } from '../../server/models/anthropic/anthropic-model.ts'
import { anthropicDialect } from '../../server/models/anthropic/from-anthropic-stream.ts'
import type { Dialect } from '../../server/models/exchange.ts'
import { googleDialect } from '../../server/models/google/from-google-stream.ts'
import { googleProviders } from '../../server/models/google/google-model.ts'
import { GrowingAnswer } from '../../server/models/growing-answer.ts'
import { openAIDialect } from '../../server/models/openai-compatible/from-openai-stream.ts'
import { openAICompatibleProviders } from '../../server/models/openai-compatible/openai-compatible-model.ts'
import type { ConnectedProviders } from '../../server/models/provider-address.ts'
import { type ProviderSimulator, startProviderSimulator } from '../support/provider-simulator.ts'
import type { SimulatedWireName } from '../support/provider-simulator-wire.ts'

/** What a test registers its endings with: `TestContext`, or anything like it. */
interface Scope {
  after(end: () => Promise<void>): void
}

/** One way to a provider, as the tests that loop over all of them see it. */
export interface Adapter {
  readonly name: SimulatedWireName
  readonly dialect: Dialect
  readonly open: (now?: () => number) => ConnectedProviders
  readonly path: (model: string) => string
  /** The header that carries the key, and what stands before the key in it. */
  readonly keyHeader: readonly [name: string, prefix: string]
}

export const adapters: readonly Adapter[] = [
  {
    name: 'openai', dialect: openAIDialect, open: openAICompatibleProviders,
    path: () => '/v1/chat/completions', keyHeader: ['authorization', 'Bearer '],
  },
  {
    name: 'anthropic', dialect: anthropicDialect, open: anthropicProviders,
    path: () => '/v1/messages', keyHeader: ['x-api-key', ''],
  },
  {
    name: 'google', dialect: googleDialect, open: googleProviders,
    path: (model) => `/v1/models/${model}:streamGenerateContent?alt=sse`, keyHeader: ['x-goog-api-key', ''],
  },
]
export const [openai, anthropic, google] = adapters as unknown as readonly [Adapter, Adapter, Adapter]

export function question(content = 'What did I say?', language: 'en' | 'fr' = 'en'): ModelRequest {
  const asker = { tenantId: 'tenant', userId: 'marker-of-the-user', conversationId: 'c_1', messageId: 'm_1', language }
  const messages = [{ role: 'system', content: 'Be brief.' }, { role: 'user', content }] as const
  return { messages, temperature: 0.4, maxTokens: 4096, asker }
}

/** A simulator and the models of one provider that reach it. Both end with the test. */
export async function startProvider(
  t: Scope,
  adapter: Adapter = openai,
  provider: { id?: string; key?: string | null } = {},
): Promise<{ simulator: ProviderSimulator; model: (name: string) => LanguageModel }> {
  const simulator = await startProviderSimulator()
  const providers = adapter.open()
  t.after(async () => {
    await providers[Symbol.asyncDispose]()
    await simulator.close()
  })
  const model = providers.connect({ id: provider.id ?? adapter.name, key: provider.key === undefined ? 'sk-key-one' : provider.key, baseUrl: simulator.url })
  return { simulator, model }
}

/** A stream read to its end. */
export interface Heard {
  /** The arrays as they were yielded. */
  readonly reads: readonly (readonly ModelPart[])[]
  readonly parts: readonly ModelPart[]
  readonly deltas: readonly string[]
  readonly text: string
  readonly reasoning: string
  readonly toolCalls: readonly ToolCall[]
  readonly last: ModelPart | undefined
  readonly failure: ModelFailure | null
}

export async function hear(model: LanguageModel, request = question(), signal = AbortSignal.timeout(20_000)): Promise<Heard> {
  const reads: (readonly ModelPart[])[] = []
  for await (const parts of model.stream(request, signal)) reads.push(parts)
  return heard(reads)
}

/** What a dialect makes of a body that arrives in pieces of these sizes, over and over. */
export function readInPieces(dialect: Dialect, body: Buffer, sizes: readonly number[]): Heard {
  const answer = new GrowingAnswer(200)
  const reader = dialect.stream(answer)
  for (let at = 0, n = 0; at < body.length; n++) {
    const size = sizes[n % sizes.length]!
    reader.read(body.subarray(at, at + size))
    at += size
  }
  reader.end(false)
  return heard([answer.take()])
}

export function heard(reads: readonly (readonly ModelPart[])[]): Heard {
  const parts = reads.flat()
  const deltas = parts.flatMap((part) => (part.type === 'text-delta' ? [part.text] : []))
  const last = parts.at(-1)
  return {
    reads,
    parts,
    deltas,
    text: deltas.join(''),
    reasoning: parts.flatMap((part) => (part.type === 'reasoning-delta' ? [part.text] : [])).join(''),
    toolCalls: parts.flatMap((part) => (part.type === 'tool-call' ? [{ id: part.id, name: part.name, arguments: part.arguments, runBy: part.runBy }] : [])),
    last,
    failure: last?.type === 'failure' ? last.failure : null,
  }
}

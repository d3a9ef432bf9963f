import { openAICompatibleProviders } from '../../server/models/openai-compatible/openai-compatible-model.ts'
import type { LanguageModel, ModelFailure, ModelPart, ModelRequest } from '../../server/models/language-model.ts'
import { type ProviderSimulator, startProviderSimulator } from '../support/provider-simulator.ts'

/** What a test registers its endings with: `TestContext`, or anything like it. */
interface Scope {
  after(end: () => Promise<void>): void
}

export function question(content = 'What did I say?', language: 'en' | 'fr' = 'en'): ModelRequest {
  const asker = { tenantId: 'tenant', userId: 'marker-of-the-user', conversationId: 'c_1', messageId: 'm_1', language }
  const messages = [{ role: 'system', content: 'Be brief.' }, { role: 'user', content }] as const
  return { messages, temperature: 0.4, maxTokens: 4096, asker }
}

/** A simulator and the models of one provider that reach it. Both end with the test. */
export async function startProvider(
  t: Scope,
  provider: { id?: string; keys?: readonly string[] } = {},
): Promise<{ simulator: ProviderSimulator; model: (name: string) => LanguageModel }> {
  const simulator = await startProviderSimulator()
  const providers = openAICompatibleProviders()
  t.after(async () => {
    await providers[Symbol.asyncDispose]()
    await simulator.close()
  })
  const model = providers.connect({ id: provider.id ?? 'openai', keys: provider.keys ?? ['sk-key-one'], baseUrl: simulator.url })
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
  readonly toolCalls: readonly { id: string; name: string; arguments: string }[]
  readonly last: ModelPart | undefined
  readonly failure: ModelFailure | null
}

export async function hear(model: LanguageModel, request = question(), signal = AbortSignal.timeout(20_000)): Promise<Heard> {
  const reads: (readonly ModelPart[])[] = []
  for await (const parts of model.stream(request, signal)) reads.push(parts)
  return heard(reads)
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
    toolCalls: parts.flatMap((part) => (part.type === 'tool-call' ? [{ id: part.id, name: part.name, arguments: part.arguments }] : [])),
    last,
    failure: last?.type === 'failure' ? last.failure : null,
  }
}

/**
 * The models that can be called now. Which adapters stand behind it is the composition root's choice.
 */
import { type Clock, systemClock } from '../lib/clock.ts'
import { GuardedModel } from './guarded-model.ts'
import type { LanguageModel, ModelShelf } from './language-model.ts'
import type { ProviderAddress } from './provider-address.ts'
import { ProviderKey } from './provider-key.ts'

export interface ConfiguredProvider {
  readonly id: string
  readonly keys: readonly string[]
  /** Null: the provider's own address, from the table below. */
  readonly baseUrl: string | null
  /** What it said it offers, where it was asked. */
  readonly models?: readonly string[]
}

export interface ShelfAdapters {
  /** The embedded model that is always there. */
  readonly librarian: LanguageModel
  /** Makes the models that one key of a provider reaches. */
  connect(provider: ProviderAddress): (model: string) => LanguageModel
}

/** Where the providers that we know by name answer. */
export const defaultBaseUrls: Readonly<Record<string, string>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
  google: 'https://generativelanguage.googleapis.com/v1beta',
  openrouter: 'https://openrouter.ai/api/v1',
  groq: 'https://api.groq.com/openai/v1',
}

/** Model names come from users, so no more than this many are remembered. */
const mostModels = 256

/** Providers in order of preference. Throws when one has no base URL and is not in the table. */
export function modelShelf(providers: readonly ConfiguredProvider[], adapters: ShelfAdapters, clock: Clock = systemClock): ModelShelf {
  const modelsOf = new Map<string, (model: string) => LanguageModel>(
    providers.map(({ id, keys, baseUrl }) => {
      const address = baseUrl ?? defaultBaseUrls[id]
      if (address === undefined) throw new Error(`The provider ${id} has no base URL.`)
      const ways = (keys.length > 0 ? keys : [null]).map((key) => new ProviderKey(adapters.connect({ id, key, baseUrl: address })))
      return [id, remembered((model) => new GuardedModel(model, id, ways, clock))]
    }),
  )
  modelsOf.set(adapters.librarian.provider, () => adapters.librarian)
  return {
    configured: providers.map(({ id }) => id),
    // The first of each, then the others: an endpoint that fails is not asked twice before the next one.
    offered: providers.flatMap(({ id, models = [] }) => models.slice(0, 1).map((model) => `${id}/${model}`)).concat(
      providers.flatMap(({ id, models = [] }) => models.slice(1).map((model) => `${id}/${model}`))),
    find: (provider, model) => modelsOf.get(provider)?.(model) ?? null,
  }
}

/** The same object for the same name; the one that was not asked for the longest goes first. */
function remembered(make: (model: string) => LanguageModel): (model: string) => LanguageModel {
  const models = new Map<string, LanguageModel>()
  return (name) => {
    const model = models.get(name) ?? make(name)
    models.delete(name)
    models.set(name, model)
    if (models.size > mostModels) models.delete(models.keys().next().value!)
    return model
  }
}

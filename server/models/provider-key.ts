import { routeLimits } from '../lib/route-limits.ts'
import type { LanguageModel } from './language-model.ts'

/** One key of a provider, or the provider itself where it asks for none: what its calls have in common, whichever model they ask. */
export class ProviderKey {
  readonly model: (name: string) => LanguageModel
  #openCalls = 0
  #refusedUntil = 0

  constructor(model: (name: string) => LanguageModel) {
    this.model = model
  }

  get full(): boolean {
    return this.#openCalls >= routeLimits.openCallsOfAKey
  }

  /** The provider refused it not long ago. */
  refused(now: number): boolean {
    return now < this.#refusedUntil
  }

  refuse(now: number): void {
    this.#refusedUntil = now + routeLimits.restAfterRefusalMs
  }

  accept(): void {
    this.#refusedUntil = 0
  }

  begin(): void {
    this.#openCalls += 1
  }

  end(): void {
    this.#openCalls -= 1
  }
}

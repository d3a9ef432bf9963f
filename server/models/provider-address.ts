import type { LanguageModel } from './language-model.ts'

/** Where a provider answers, and with which key. */
export interface ProviderAddress {
  readonly id: string
  /** Null for a server that asks for none. */
  readonly key: string | null
  /** With or without its version segment. */
  readonly baseUrl: string
}

/** The providers that one adapter reaches. */
export interface ConnectedProviders extends AsyncDisposable {
  /** Opens nothing yet: the connection is made when a model is asked. Throws a TypeError when the base URL is none. */
  connect(provider: ProviderAddress): (model: string) => LanguageModel
}

/** An address below a base URL, which may have its version segment already: `https://host`, `https://host/v1`, `https://host/api/v1/`. */
export function addressBelow(baseUrl: string, version: string, path: string): URL {
  const url = new URL(baseUrl)
  const base = url.pathname.replace(/\/+$/, '')
  const versioned = base.split('/').some((segment) => /^v\d/.test(segment))
  url.pathname = `${base}${versioned ? '' : `/${version}`}/${path}`
  return url
}

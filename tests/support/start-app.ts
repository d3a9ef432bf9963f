import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openApp, type App, type Overrides } from '../../server/app.ts'
import { readConfig } from '../../server/config/config.ts'
import { createLogger } from '../../server/telemetry/logger.ts'
import { ChatClient } from './chat-client.ts'
import { startProviderSimulator, type ProviderSimulator } from './provider-simulator.ts'
import { testIdentity } from './test-identity.ts'

export interface TestApp {
  readonly app: App
  readonly url: string
  readonly directory: string
  readonly provider: ProviderSimulator
  /** Every line the app logged. */
  readonly lines: string[]
  signIn(name: string, options?: { readonly language?: string }): Person
  /** Ends the app and opens another on the same data. */
  restart(): Promise<void>
}

export interface StartOptions {
  readonly environment?: Readonly<Record<string, string>>
  readonly overrides?: Overrides
  /** False: no provider is configured, the librarian answers. */
  readonly withProvider?: boolean
  /** More variables that hold the simulator's address. */
  readonly addresses?: readonly string[]
}

/** A real server on a free port, over SQLite in a folder of its own, with the simulator as its provider. It ends with the test. */
export async function startApp(t: Pick<TestContext, 'after'>, options: StartOptions = {}): Promise<TestApp> {
  const directory = mkdtempSync(join(tmpdir(), 'parley-test-'))
  const provider = await startProviderSimulator()
  const lines: string[] = []
  const environment = {
    PORT: '0', PARLEY_DATA: directory, ...(options.withProvider !== false && { OPENAI_API_KEY: 'sk-test', OPENAI_BASE_URL: provider.url }),
    ...Object.fromEntries((options.addresses ?? []).map((name) => [name, provider.url])), ...options.environment,
  }
  const open = () => openApp(readConfig(environment, { workingDirectory: directory }), {
    identity: testIdentity(), pageDirectory: null, logger: createLogger({ level: 'debug', secrets: [], destination: { write: (line) => void lines.push(line) } }),
    ...options.overrides,
  })
  let app = await open()
  const clients = new Set<ChatClient>()
  t.after(async () => {
    for (const client of clients) client.socket.terminate()
    await app[Symbol.asyncDispose]()
    await provider.close()
    rmSync(directory, { recursive: true, force: true })
  })
  return {
    directory, provider, lines,
    get app() {
      return app
    },
    get url() {
      return app.url
    },
    signIn: (name, more = {}) => new Person(() => app.url, name, more.language, clients),
    async restart() {
      await app[Symbol.asyncDispose]()
      app = await open()
    },
  }
}

/** Somebody signed in as `name@tenant`, over sockets and REST. */
export class Person {
  readonly token: string
  readonly #url: () => string
  readonly #language: string | undefined
  readonly #clients: Set<ChatClient>

  constructor(url: () => string, token: string, language: string | undefined, clients: Set<ChatClient>) {
    this.#url = url
    this.token = token
    this.#language = language
    this.#clients = clients
  }

  async connect(): Promise<ChatClient> {
    const client = new ChatClient(this.#url(), { token: this.token, ...(this.#language !== undefined && { language: this.#language }) })
    this.#clients.add(client)
    return client.opened()
  }

  /** A REST call with this user's token; `body` is sent as JSON. */
  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<{ status: number; body: any; headers: Headers }> {
    const response = await fetch(this.#url() + path, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`, ...(this.#language !== undefined && { 'accept-language': this.#language }),
        ...(body !== undefined && { 'content-type': 'application/json' }), ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? null : parsed(text), headers: response.headers }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

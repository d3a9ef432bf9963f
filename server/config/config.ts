import { resolve } from 'node:path'
import { ConfigError } from './config-error.ts'
import type { Environment } from './environment.ts'
import { readPrices, type PriceOverrides } from './prices.ts'
import { readProviders } from './secrets.ts'
import type { ProviderConfig } from './secrets.ts'
import { problemsOfNames } from './variable-names.ts'
import { variables } from './variables.ts'
import type { Variable } from './variables.ts'

/** All that an operator can decide, checked. Only main, the command line and app.ts see it; parts get what they use. */
export interface Config {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** '' or '/prefix'. */
  readonly basePath: string
  /** Absolute. */
  readonly dataDirectory: string
  /** The address of a Postgres, its password included; null: SQLite, in the data folder. */
  readonly databaseUrl: string | null
  readonly auth: 'local'
  readonly development: boolean
  readonly metricsToken: string | null
  /** Providers that have a key, in order of preference. */
  readonly providers: readonly ProviderConfig[]
  /** Whether to look for servers of models on this machine when no provider is configured. */
  readonly findLocal: boolean
  readonly answers: {
    readonly temperature: number
    readonly maxTokens: number
    readonly streaming: boolean
    readonly contextTokens: number
  }
  /** Prices over those of the catalogue. */
  readonly prices: PriceOverrides
  readonly deadlines: { readonly firstDeltaMs: number; readonly idleMs: number; readonly turnMs: number }
  readonly drainMs: number
  readonly userLimits: {
    readonly turns: number
    readonly sockets: number
    readonly requestsPerMinute: number
    readonly sendsPerMinute: number
  }
}

export interface ConfigOptions {
  /** What a relative PARLEY_DATA starts from. */
  readonly workingDirectory: string
  /** Also accept pages that Vite serves while one works on them (`developmentOrigins`). */
  readonly development?: boolean
}

/** Where Vite serves the page in development. */
export const developmentOrigins: readonly string[] = ['http://localhost:5173', 'http://127.0.0.1:5173']

type Values = { [Name in keyof typeof variables]: (typeof variables)[Name] extends Variable<infer Value> ? Value : never }

/** The configuration that these variables describe. Throws ConfigError with every problem at once. */
export function readConfig(environment: Environment, options: ConfigOptions): Config {
  const problems = [...problemsOfNames(environment)]
  const values = readValues(environment, problems)
  const providers = readProviders(environment, problems)
  const prices = readPrices(values.PARLEY_PRICES, options.workingDirectory, problems)
  if (values.PARLEY_AUTH === 'local' && !isLoopback(values.PARLEY_HOST)) {
    problems.push(
      `PARLEY_HOST is ${JSON.stringify(values.PARLEY_HOST)}, but PARLEY_AUTH is local, which signs in whoever reaches that address: ` +
        'set PARLEY_HOST to 127.0.0.1. Sign-in for other addresses is not available in this version.',
    )
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return shape(values, { providers, prices }, options)
}

/** Every secret in the configuration, for the logger to keep out of its lines. */
export function secretsOf(config: Config): readonly string[] {
  const { providers, metricsToken, databaseUrl } = config
  const password = databaseUrl === null ? '' : (URL.parse(databaseUrl)?.password ?? '')
  const database = password === '' ? [] : [...new Set([password, decoded(password)])]
  return [...providers.flatMap((provider) => provider.keys), ...(metricsToken === null ? [] : [metricsToken]), ...database]
}

/** Where the data is, for people: without a user or a password. */
export function dataPlace({ dataDirectory, databaseUrl }: Config): string {
  const address = databaseUrl === null ? null : URL.parse(databaseUrl)
  return address === null ? dataDirectory : `postgres://${address.host}${address.pathname}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function shape(values: Values, { providers, prices }: Pick<Config, 'providers' | 'prices'>, options: ConfigOptions): Config {
  return {
    host: values.PARLEY_HOST,
    port: values.PORT,
    basePath: values.PARLEY_BASE_PATH,
    dataDirectory: resolve(options.workingDirectory, values.PARLEY_DATA),
    databaseUrl: values.DATABASE_URL === 'sqlite' ? null : values.DATABASE_URL,
    auth: values.PARLEY_AUTH,
    development: options.development ?? false,
    metricsToken: values.PARLEY_METRICS_TOKEN,
    providers,
    findLocal: values.PARLEY_FIND_LOCAL && values.PARLEY_AUTH === 'local',
    answers: {
      temperature: values.EMERGENCE_TEMP_DEFAULT,
      maxTokens: values.MAX_TOKENS_DEFAULT,
      streaming: values.ENABLE_STREAMING,
      contextTokens: values.PARLEY_CONTEXT_TOKENS,
    },
    prices,
    deadlines: {
      firstDeltaMs: values.PARLEY_FIRST_DELTA_SECONDS,
      idleMs: values.PARLEY_IDLE_SECONDS,
      turnMs: values.PARLEY_TURN_SECONDS,
    },
    drainMs: values.PARLEY_DRAIN_SECONDS,
    userLimits: {
      turns: values.PARLEY_USER_TURNS,
      sockets: values.PARLEY_USER_SOCKETS,
      requestsPerMinute: values.PARLEY_USER_REQUESTS,
      sendsPerMinute: values.PARLEY_USER_SENDS,
    },
  }
}

function readValues(environment: Environment, problems: string[]): Values {
  const read = Object.entries<Variable<unknown>>(variables).map(([name, row]) => [name, readValue(name, row, environment[name], problems)])
  return Object.fromEntries(read) as Values
}

function readValue(name: string, row: Variable<unknown>, text: string | undefined, problems: string[]): unknown {
  if (text === undefined) return row.otherwise
  const read = row.read.safeParse(text.trim())
  if (read.success) return read.data
  const value = row.secret ? 'is set to something that' : `is ${JSON.stringify(text)}, which`
  problems.push(`${name} ${value} ${read.error.issues[0]!.message}: set it to ${row.fix}, or unset it${otherwiseOf(name, row)}.`)
  return row.otherwise
}

function otherwiseOf(name: string, { otherwise }: Variable<unknown>): string {
  if (otherwise === null || otherwise === '') return ''
  return ` for ${name.endsWith('_SECONDS') ? Number(otherwise) / 1000 : otherwise}`
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

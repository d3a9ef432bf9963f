import { z } from 'zod'

/**
 * Every variable that acts, as a table: how its text is read, what holds when it is not set, and what to set instead
 * when it cannot be read. The modes of `PARLEY_AUTH` name what this version does not have.
 */
export interface Variable<T> {
  readonly read: z.ZodType<T, string>
  readonly otherwise: T
  /** The end of the sentence "set it to …". */
  readonly fix: string
  /** The value is never shown, not even in an error. */
  readonly secret: boolean
}

function variable<T>(read: z.ZodType<T, string>, otherwise: NoInfer<T>, fix: string, secret = false): Variable<T> {
  return { read, otherwise, fix, secret }
}

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, 'is not a whole number')
    .transform(Number)
    .refine((number) => number >= least && number <= most, `is not between ${least} and ${most}`)

const decimal = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d*\.?\d+$/, 'is not a number')
    .transform(Number)
    .refine((number) => number >= least && number <= most, `is not between ${least} and ${most}`)

/** Seconds in, milliseconds out. Fractions are welcome. */
const seconds = (least: number, most: number) => decimal(least, most).transform((value) => Math.round(value * 1000))

const trueOrFalse = z
  .string()
  .toLowerCase()
  .pipe(z.enum(['true', 'false'], 'is neither true nor false'))
  .transform((text) => text === 'true')

/** '' or '/prefix': with a slash before and none behind. */
const basePath = z
  .string()
  .regex(/^\/?[\w~-][\w.~-]*(\/[\w~-][\w.~-]*)*\/?$|^\/$/, 'is not a path of plain words')
  .transform((path) => `/${path}`.replaceAll(/\/+/g, '/').replace(/\/$/, ''))

const host = z
  .string()
  .regex(/^[A-Za-z0-9.-]+$|^\[?[0-9A-Fa-f:.]+(%\w+)?\]?$/, 'is not an address or a host name')
  .transform((name) => name.replace(/^\[(.*)\]$/, '$1'))

const metricsToken = z
  .string()
  .regex(/^[\x21-\x7e]+$/, 'has a space or a character that no header can carry')
  .min(16, 'is shorter than 16 characters')
  .transform((token): string | null => token)

const unavailable = 'is not available in this version'

const auth = z
  .enum(['local', 'accounts', 'jwt'], 'is not a way to sign in')
  .refine((mode) => mode === 'local', unavailable)
  .transform(() => 'local' as const)

const sqlite = /^sqlite(:(\/\/)?)?$/i
const postgres = /^postgres(ql)?:\/\//i

/** 'sqlite', whose file lies in PARLEY_DATA, or the address of a Postgres with all that it takes to connect. */
const database = z
  .string()
  .refine((url) => sqlite.test(url) || postgres.test(url), 'names no engine that this version has')
  .refine((url) => sqlite.test(url) || (URL.parse(url)?.pathname.length ?? 0) > 1, 'is not an address with a database')
  .transform((url) => (sqlite.test(url) ? 'sqlite' : url))

export const variables = {
  PORT: variable(wholeNumber(0, 65_535), 8080, 'a port from 1 to 65535, or 0 for any free one'),
  PARLEY_HOST: variable(host, '127.0.0.1', 'an address of this machine, such as 127.0.0.1'),
  PARLEY_DATA: variable(z.string(), 'data', 'the folder that holds the data'),
  PARLEY_AUTH: variable(auth, 'local', 'local'),
  PARLEY_BASE_PATH: variable(basePath, '', 'the prefix of a load balancer, such as /parley'),
  PARLEY_METRICS_TOKEN: variable(metricsToken, null, 'at least 16 letters, digits or signs', true),
  DATABASE_URL: variable(database, 'sqlite', 'sqlite, which keeps its file in PARLEY_DATA, or to an address like postgres://user:password@host/database', true),
  EMERGENCE_TEMP_DEFAULT: variable(decimal(0, 2), 0.4, 'a temperature from 0 to 2'),
  MAX_TOKENS_DEFAULT: variable(wholeNumber(1, 1_000_000), 4096, 'the most tokens an answer may have, from 1 to 1000000'),
  ENABLE_STREAMING: variable(trueOrFalse, true, 'true or false'),
  PARLEY_CONTEXT_TOKENS: variable(wholeNumber(256, 10_000_000), 32_000, 'the most tokens a model is sent, from 256 to 10000000'),
  PARLEY_FIND_LOCAL: variable(trueOrFalse, true, 'true or false'),
  PARLEY_PRICES: variable(z.string(), '', 'a JSON file of prices'),
  PARLEY_FIRST_DELTA_SECONDS: variable(seconds(0.01, 3600), 60_000, 'seconds from 0.01 to 3600'),
  PARLEY_IDLE_SECONDS: variable(seconds(0.01, 3600), 60_000, 'seconds from 0.01 to 3600'),
  PARLEY_TURN_SECONDS: variable(seconds(0.01, 86_400), 600_000, 'seconds from 0.01 to 86400'),
  PARLEY_DRAIN_SECONDS: variable(seconds(0, 3600), 30_000, 'seconds from 0 to 3600'),
  PARLEY_USER_TURNS: variable(wholeNumber(1, 10_000), 8, 'how many turns of one user may run at once, from 1 to 10000'),
  PARLEY_USER_SOCKETS: variable(wholeNumber(1, 10_000), 32, 'how many sockets one user may have open, from 1 to 10000'),
  PARLEY_USER_REQUESTS: variable(wholeNumber(1, 1_000_000), 300, 'how many requests one user may make a minute, from 1 to 1000000'),
  PARLEY_USER_SENDS: variable(wholeNumber(1, 1_000_000), 30, 'how many messages one user may send a minute, from 1 to 1000000'),
} as const

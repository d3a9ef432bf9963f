import { pino } from 'pino'
import { redactLine } from './redact.ts'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'

/** Facts first, then a sentence; or a sentence alone. */
export type LogLine = (facts: unknown, sentence?: string, ...values: unknown[]) => void

/** What the server writes lines with. `child` adds facts, such as a request id, to each line below it. */
export interface Logger {
  level: string
  readonly fatal: LogLine
  readonly error: LogLine
  readonly warn: LogLine
  readonly info: LogLine
  readonly debug: LogLine
  readonly trace: LogLine
  readonly silent: LogLine
  child(facts: Record<string, unknown>): Logger
}

export interface LoggerOptions {
  readonly level: LogLevel
  /** Values that must not appear in any line, such as the providers' keys. */
  readonly secrets: readonly string[]
  /** Where lines go; standard output when absent. */
  readonly destination?: { write(line: string): void }
}

/** Lines of JSON, one per event, with time in ISO 8601. Secrets and text are taken out of each finished line (redact.ts). */
export function createLogger(options: LoggerOptions): Logger {
  // The longest first: a secret that contains another one is removed whole.
  const secrets = options.secrets.filter((secret) => secret !== '').toSorted((a, b) => b.length - a.length)
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: (line) => redactLine(line, secrets) },
    },
    options.destination ?? pino.destination({ fd: 1, sync: true }),
  )
}

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'

const rate = z.number().nonnegative()
const Price = z.strictObject({ input: rate, cached_input: rate.optional(), cache_write: rate.optional(), output: rate })
const Prices = z.record(z.string().regex(/^[^/\s]+\/\S+$/), Price)

/** Prices of the operator's own, in dollars for a million tokens, by `<provider>/<model>`. */
export type PriceOverrides = Readonly<z.infer<typeof Prices>>

const name = 'PARLEY_PRICES'
const fix = 'set it to a file like {"openai/gpt-4o-mini": {"input": 0.15, "output": 0.6}}, in dollars for a million tokens, or to that text.'

/** What `PARLEY_PRICES` says: a JSON file, or the JSON itself. What is wrong goes to `problems`. */
export function readPrices(value: string, workingDirectory: string, problems: string[]): PriceOverrides {
  if (value === '') return {}
  const text = value.startsWith('{') ? value : readText(resolve(workingDirectory, value), problems)
  if (text === null) return {}
  const read = Prices.safeParse(parsed(text))
  if (read.success) return read.data
  const { path, message } = read.error.issues[0]!
  problems.push(`${name} is not a list of prices${path.length > 0 ? ` at ${path.join(' › ')}` : ''} (${message}): ${fix}`)
  return {}
}

function readText(path: string, problems: string[]): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    problems.push(`${name} is ${path}, which cannot be read (${(error as NodeJS.ErrnoException).code}): ${fix}`)
    return null
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

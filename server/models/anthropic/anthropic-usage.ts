import type { Usage } from '#protocol/turn.ts'
import { isRecord } from '../is-record.ts'
import { sumOfKnown, tokenCount } from '../token-count.ts'

/** Rounds of the model itself; the others are those of models that advised it. */
const ownRounds = new Set<unknown>(['message', 'compaction'])

/**
 * Tokens as Anthropic counts them: at the start of a message, and again with its end, where each figure replaces the one before.
 * Anthropic's `input_tokens` are those that no cache had; ours are all.
 */
export class AnthropicUsage {
  #counted: Record<string, unknown> = {}

  /** What is known with these figures. */
  add(usage: Record<string, unknown>): Usage {
    const given = Object.entries(usage).filter(([, value]) => value !== null && value !== undefined)
    this.#counted = { ...this.#counted, ...Object.fromEntries(given) }
    const { input, output } = roundsOf(this.#counted)
    const cacheReads = tokenCount(this.#counted.cache_read_input_tokens)
    const cacheWrites = tokenCount(this.#counted.cache_creation_input_tokens)
    const details = this.#counted.output_tokens_details
    return {
      input: sumOfKnown(input, cacheReads, cacheWrites),
      cached_input: cacheReads,
      cache_write_input: cacheWrites,
      output,
      reasoning: isRecord(details) ? tokenCount(details.thinking_tokens) : null,
      estimated: false,
    }
  }
}

/**
 * Where a message took several rounds, its own figures leave some out and the rounds have them all; where another model stood in
 * for this one, they are right as they are.
 */
function roundsOf(counted: Readonly<Record<string, unknown>>): { readonly input: number | null; readonly output: number | null } {
  const rounds = (Array.isArray(counted.iterations) ? counted.iterations : []).filter(isRecord)
  const own = rounds.some((round) => round.type === 'fallback_message') ? [] : rounds.filter((round) => ownRounds.has(round.type))
  const figures = own.length > 0 ? own : [counted]
  return {
    input: sumOfKnown(...figures.map((figure) => tokenCount(figure.input_tokens))),
    output: sumOfKnown(...figures.map((figure) => tokenCount(figure.output_tokens))),
  }
}

import type { Usage } from '#protocol/turn.ts'
import type { ModelCandidate } from '../agents/model-route.ts'
import { modelId } from '../agents/model-route.ts'
import type { Clock } from '../lib/clock.ts'
import { estimateTextTokens } from '../lib/estimate-tokens.ts'
import { MovingRatios } from '../lib/moving-ratio.ts'
import type { TokenCounter } from '../models/token-counter.ts'

/** An end is not held up for its estimate: while the counter starts, bytes are counted instead. */
const patienceMs = 150
/** What is shorter says little of a ratio: what stands around the text weighs too much in it. */
const tellingTokens = 20

export interface Received {
  readonly text: string
  readonly reasoning: string
}

/**
 * Tokens where no provider counted them. A text is counted by one vendor's tokenizer, or while that is not there by its bytes; both are
 * set right by what the same model's provider counted in earlier answers.
 */
export class TokenEstimates {
  readonly #counter: TokenCounter
  readonly #clock: Pick<Clock, 'after'>
  readonly #ratios = { input: new MovingRatios(), counted: new MovingRatios(), bytes: new MovingRatios() }
  /** The counter starts when it is first needed. What it costs to learn is spent from then on only. */
  #needed = false

  constructor(counter: TokenCounter, clock: Pick<Clock, 'after'>) {
    this.#counter = counter
    this.#clock = clock
  }

  /** The tokens of a question that was estimated as so many. */
  input(candidate: ModelCandidate, estimated: number): number {
    return Math.ceil(estimated * this.#ratios.input.of(modelId(candidate)))
  }

  /** The tokens of an answer that came in part. */
  async output(candidate: ModelCandidate, { text, reasoning }: Received): Promise<{ readonly text: number; readonly reasoning: number }> {
    this.#needed = true
    const counts = await this.#counted([text, reasoning])
    const ratio = this.#ratios[counts ? 'counted' : 'bytes'].of(modelId(candidate))
    const [inText = 0, inReasoning = 0] = (counts ?? [text, reasoning].map(estimateTextTokens)).map((count) => Math.ceil(count * ratio))
    return { text: inText, reasoning: inReasoning }
  }

  /** Compares what would have been estimated with what the provider counted, in the background. */
  learn(candidate: ModelCandidate, estimatedInput: number, { text }: Received, usage: Usage): void {
    const model = modelId(candidate)
    if (usage.input !== null) this.#ratios.input.learn(model, estimatedInput, usage.input)
    const real = (usage.output ?? 0) - (usage.reasoning ?? 0)
    if (real < tellingTokens || text === '') return
    this.#ratios.bytes.learn(model, estimateTextTokens(text), real)
    if (!this.#needed) return
    this.#counter.count([text]).then(([count = 0]) => this.#ratios.counted.learn(model, count, real), () => {})
  }

  #counted(texts: readonly string[]): Promise<readonly number[] | null> {
    const { promise, resolve } = Promise.withResolvers<readonly number[] | null>()
    const cancel = this.#clock.after(patienceMs, () => resolve(null))
    this.#counter.count(texts).then(resolve, () => resolve(null)).finally(cancel)
    return promise
  }
}

/** How far the newest figures move a ratio. */
const weight = 0.1
/** Until there are as many figures, the ratio is their mean. */
const steadyAfter = 10
/** What is farther off is a mistake in a figure, not in the ratio. */
const [least, most] = [0.2, 5]
const mostKeys = 200

/** Real over estimated, by key, from figures as they come. Without any it is 1. */
export class MovingRatios {
  readonly #ratios = new Map<string, { readonly ratio: number; readonly figures: number }>()

  of(key: string): number {
    return this.#ratios.get(key)?.ratio ?? 1
  }

  learn(key: string, estimated: number, real: number): void {
    const seen = real / estimated
    if (!(seen >= least && seen <= most)) return
    const { ratio, figures } = this.#ratios.get(key) ?? { ratio: 1, figures: 0 }
    const step = figures < steadyAfter ? Math.max(weight, 1 / (figures + 1)) : weight
    this.#ratios.delete(key)
    this.#ratios.set(key, { ratio: ratio + step * (seen - ratio), figures: figures + 1 })
    if (this.#ratios.size > mostKeys) this.#ratios.delete(this.#ratios.keys().next().value!)
  }
}

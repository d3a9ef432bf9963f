import type { FailureCode } from '#protocol/turn.ts'
import type { Clock } from '../lib/clock.ts'
import { routeLimits } from '../lib/route-limits.ts'
import { Breaker } from './breaker.ts'
import { isRecord } from './is-record.ts'
import type { LanguageModel, ModelFailure, ModelPart, ModelRequest, Rest } from './language-model.ts'
import type { ProviderKey } from './provider-key.ts'

/** What says something about the provider's health. */
const unhealthy: ReadonlySet<FailureCode> = new Set([
  'provider_unreachable', 'provider_overloaded', 'provider_malformed', 'provider_cut', 'first_delta_timeout', 'idle_timeout',
])

/** One model by way of one key. */
interface Way {
  readonly key: ProviderKey
  readonly model: LanguageModel
  readonly breaker: Breaker
  rateLimitedUntil: number
}

/** How a call went. */
interface Outcome {
  readonly failure: ModelFailure | null
  /** Something of an answer came. */
  readonly begun: boolean
  /** It is still for this call to decide whether the model is well. */
  readonly decides: boolean
  readonly tooSlow: boolean
}

/**
 * A model with all keys that reach it. It asks by way of the next key that is well, and remembers how that went; where none may be
 * used now, its stream is a failure at once, and nobody is called. It never tries twice by itself.
 */
export class GuardedModel implements LanguageModel {
  readonly provider: string
  readonly model: string
  readonly #clock: Clock
  readonly #ways: readonly Way[]
  #calls = 0

  constructor(name: string, provider: string, keys: readonly ProviderKey[], clock: Clock) {
    this.provider = provider
    this.model = name
    this.#clock = clock
    this.#ways = keys.map((key) => ({ key, model: key.model(name), breaker: new Breaker(), rateLimitedUntil: 0 }))
  }

  /** Why a call made now would not go out, and when it may; null: it would. */
  rest(): Rest | null {
    return this.#next() === null ? this.#whyNot() : null
  }

  /** Whether there is a key that nothing speaks against. */
  get hasSoundKey(): boolean {
    const now = this.#clock.monotonic()
    return this.#ways.some((way) => this.#opensAt(way, now) === null && !way.key.refused(now))
  }

  async *stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<readonly ModelPart[], void, undefined> {
    const way = this.#next()
    if (way === null) {
      yield [{ type: 'failure', failure: this.#whyNot().failure }]
      return
    }
    this.#calls += 1
    yield* this.#watched(way, request, signal)
  }

  /** One outcome for each call: it failed, it was too slow, or it did well. A call that decides has done so with its first part. */
  async *#watched(way: Way, request: ModelRequest, signal: AbortSignal): AsyncGenerator<readonly ModelPart[], void, undefined> {
    const decides = way.breaker.begin()
    let begun = false
    let failure: ModelFailure | null = null
    way.key.begin()
    try {
      for await (const parts of way.model.stream(request, signal)) {
        const last = parts.at(-1)
        if (!begun && parts.some(isSignOfLife)) {
          begun = true
          way.key.accept()
          if (decides) way.breaker.succeeded(this.#clock.monotonic(), true)
        }
        if (last?.type === 'failure') failure = last.failure
        yield parts
      }
    } finally {
      way.key.end()
      this.#tell(way, { failure, begun, decides: decides && !begun, tooSlow: endedByDeadline(signal) })
    }
  }

  #tell(way: Way, { failure, begun, decides, tooSlow }: Outcome): void {
    if (failure) this.#failed(way, failure, decides)
    else if (tooSlow) way.breaker.failed(this.#clock.monotonic(), decides)
    else if (begun) way.breaker.succeeded(this.#clock.monotonic(), false)
    else way.breaker.toldNothing(decides)
  }

  #failed(way: Way, { code, retryAfterMs }: ModelFailure, decides: boolean): void {
    const now = this.#clock.monotonic()
    if (code === 'provider_refused_key') way.key.refuse(now)
    const restMs = Math.min(retryAfterMs ?? routeLimits.restAfterRateLimitMs, routeLimits.longestRestMs)
    if (code === 'provider_rate_limited') way.rateLimitedUntil = now + restMs
    if (unhealthy.has(code)) way.breaker.failed(now, decides)
    else way.breaker.toldNothing(decides)
  }

  /** The next way in turn, one whose key was not refused before one whose was: the last key is tried all the same. */
  #next(): Way | null {
    const now = this.#clock.monotonic()
    const inTurn = this.#ways.map((_, place) => this.#ways[(this.#calls + place) % this.#ways.length]!)
    const open = inTurn.filter((way) => this.#opensAt(way, now) === null)
    return open.find((way) => !way.key.refused(now)) ?? open[0] ?? null
  }

  /** Null: now. */
  #opensAt({ key, breaker, rateLimitedUntil }: Way, now: number): number | null {
    if (key.full) return now
    return now < rateLimitedUntil ? rateLimitedUntil : breaker.closedUntil(now)
  }

  #whyNot(): Rest {
    const now = this.#clock.monotonic()
    const [first] = this.#ways.map((way) => ({ way, at: this.#opensAt(way, now) ?? now })).toSorted((a, b) => a.at - b.at)
    const why = first && now < first.way.rateLimitedUntil ? 'rate-limited' : first?.way.key.full ? 'busy' : 'failing'
    const [code, detail] = rests[why]
    return { why, failure: { code, status: null, retryAfterMs: first ? Math.ceil(first.at - now) : null, detail } }
  }
}

const rests: Readonly<Record<Rest['why'], readonly [code: FailureCode, detail: string]>> = {
  'rate-limited': ['provider_rate_limited', 'not asked: told to wait'],
  failing: ['provider_overloaded', 'not asked: too many calls failed'],
  busy: ['provider_overloaded', 'not asked: too many calls are open'],
}

function isSignOfLife({ type }: ModelPart): boolean {
  return type === 'text-delta' || type === 'reasoning-delta' || type === 'tool-call' || type === 'finish'
}

/** Whoever ends a call says why; that the provider was too slow is the only reason that speaks against it. */
function endedByDeadline({ aborted, reason }: AbortSignal): boolean {
  return aborted && isRecord(reason) && (reason.code === 'first_delta_timeout' || reason.code === 'idle_timeout')
}

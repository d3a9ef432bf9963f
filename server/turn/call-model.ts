import type { LanguageModel, ModelFailure, ModelRequest } from '../models/language-model.ts'
import type { LiveTurn } from './live-turn.ts'
import type { ReceivedAnswer } from './received-answer.ts'
import type { TurnDeps } from './turn-deps.ts'

export interface Call {
  readonly model: LanguageModel
  readonly request: ModelRequest
  /** How long it has to begin, where others stand behind it; null: as long as the turn has. */
  readonly patienceMs: number | null
}

const tooSlow = { kind: 'failed', code: 'first_delta_timeout' } as const

/** One call of one model, into its answer. With others behind it, it gives way while there is time for the next. */
export async function callModel(
  deps: Pick<TurnDeps, 'clock'>, live: LiveTurn, answer: ReceivedAnswer, { model, request, patienceMs }: Call,
): Promise<ModelFailure | null> {
  if (patienceMs === null || live.signal.aborted) return answer.receive(model.stream(request, live.signal))
  const calling = new AbortController()
  const follow = () => calling.abort(live.signal.reason)
  live.signal.addEventListener('abort', follow, { once: true })
  // What has arrived by then counts, also where the loop comes to read it only now.
  const cancel = deps.clock.after(patienceMs, () => setImmediate(() => {
    if (!answer.begun) calling.abort(tooSlow)
  }))
  try {
    const failure = await answer.receive(model.stream(request, calling.signal))
    const gaveWay = calling.signal.reason === tooSlow && !live.endReason
    if (!gaveWay) return failure
    return { code: tooSlow.code, status: null, retryAfterMs: null, detail: `nothing came within ${Math.round(patienceMs)} ms` }
  } finally {
    cancel()
    live.signal.removeEventListener('abort', follow)
  }
}

import type { AbandonedTurn, DeltaRow, EndAttempt } from '../store/store.ts'
import { endedAttempt } from './attempt.ts'
import { estimateUsage } from './estimate-usage.ts'
import { LiveTurn } from './live-turn.ts'
import { settleTurn, type Ending } from './settle.ts'
import type { TurnDeps } from './turn-deps.ts'

/**
 * Closes every turn whose process is gone, with the text that its log holds: at start, and where processes share a store, whenever
 * a lease ran out. No answer is begun again behind anyone's back. Repeating it, also after a crash in its middle, changes
 * nothing that is closed.
 */
export async function recoverTurns(deps: TurnDeps): Promise<number> {
  const abandoned = await deps.store.claimAbandonedTurns()
  for (const turn of abandoned) {
    const live = new LiveTurn(turn, deps.store.epoch)
    live.show(turn.rows)
    await settleTurn(deps, live, endingOf(turn, deps.clock.now()))
    deps.bus.signal({ kind: 'turn-grew', turnId: turn.turnId })
  }
  deps.events.recovered({ turns: abandoned.length })
  return abandoned.length
}

function endingOf(turn: AbandonedTurn, now: number): Ending {
  const open = turn.attempts.find((attempt) => attempt.state === 'running')
  const ended = turn.attempts.filter((attempt) => attempt !== open)
  const end = { kind: 'failed', code: 'server_crashed' } as const
  if (!open) return { end, attempts: ended, openAttempt: null, context: null, contextMs: null, reasoningMs: null }

  const { turnId, fence } = turn
  const closing: EndAttempt = {
    turnId, fence, n: open.n, state: turn.rows.length > 0 ? 'interrupted' : 'failed', error: 'server_crashed', providerStatus: null,
    firstDeltaAt: null, usage: estimateUsage(open.provider, { text: joined(turn.rows, 'text'), reasoning: joined(turn.rows, 'reasoning') }, open.usage), now,
  }
  const started = { turnId, fence, n: open.n, provider: open.provider, model: open.model, now: Date.parse(open.started_at) }
  return { end, attempts: [...ended, endedAttempt(started, closing)], openAttempt: closing, context: null, contextMs: null, reasoningMs: null }
}

function joined(rows: readonly DeltaRow[], kind: DeltaRow['kind']): string {
  return rows.filter((row) => row.kind === kind).map((row) => row.text).join('')
}

import type { Attempt, FailureCode, Outcome } from '#protocol/turn.ts'
import { estimateTokens } from '../lib/estimate-tokens.ts'
import type { EndAttempt } from '../store/store.ts'
import type { Context } from './context-builder.ts'
import { describeFailure } from './failure-texts.ts'
import type { EndReason, LiveTurn } from './live-turn.ts'
import { priceAttempts } from './price-attempts.ts'
import { closeReceipt } from './receipt.ts'
import type { TurnDeps } from './turn-deps.ts'
import { partsOfRows, terminalEvent } from './turn-events.ts'

/** While the store cannot write, the settlement is tried again after so long; what is settled is true, so it must get there. */
const retryMs = 500

/** How a turn came to its end, as far as the one who ran it knows. */
export interface Ending {
  readonly end: { readonly kind: 'completed' } | EndReason
  readonly attempts: readonly Attempt[]
  /** The attempt that is still open in the store, and how it ended. */
  readonly openAttempt: EndAttempt | null
  readonly context: Context | null
  readonly contextMs: number | null
  readonly reasoningMs: number | null
}

/** Commits answer, receipt, attempt and state together, then shows the last rows and the terminal event. */
export async function settleTurn(deps: TurnDeps, live: LiveTurn, ending: Ending): Promise<void> {
  const unwritten = await deps.logWriter.finish(live)
  if (ending.end.kind === 'lease-lost') return giveUp(deps, live)

  const { turn } = live
  const rows = [...live.rows, ...unwritten]
  const parts = partsOfRows(rows)
  const content = parts.filter((part) => part.type === 'text').map((part) => part.text).join('')
  const { outcome, code } = outcomeOf(ending.end, content !== '')
  const failure = code && describeFailure(code, turn.language)
  const now = deps.clock.now()
  const attempts = await priceAttempts(deps, ending.attempts)
  const receipt = closeReceipt({ ...ending, attempts, id: deps.makeId('r', now), turn, outcome, failureCode: code, closedAt: now })
  const written = await untilWritten(deps, () =>
    deps.store.settleTurn({
      turnId: turn.turnId, fence: turn.fence, outcome, failure, parts, receipt, attempt: ending.openAttempt, now,
      rowLengths: rows.map((row) => (row.kind === 'text' ? row.text.length : -row.text.length)),
      estimatedTokens: content === '' ? 0 : estimateTokens(content),
    }),
  )
  if (!written) return giveUp(deps, live)

  live.show(unwritten)
  live.close(terminalEvent(receipt, live.epoch, rows.length + 1, content, failure))
  deps.events.turnSettled({
    turnId: turn.turnId, conversationId: turn.conversationId, outcome, failureCode: code,
    provider: receipt.provider, model: receipt.model, totalMs: receipt.timings.total_ms,
    costs: attempts.map(({ provider, model, cost = null }) => ({ provider, model, cost })),
  })
  deps.bus.publish({ kind: 'conversation', actor: turn.actor, conversationId: turn.conversationId, change: 'settled' })
}

function giveUp(deps: TurnDeps, live: LiveTurn): void {
  const { turn, epoch, rows } = live
  deps.events.leaseLost({ turnId: turn.turnId })
  live.abandon(deps.remoteTurns.share({ ...turn, epoch, rows }))
}

/** stopped: by the user; interrupted: partial text, not by the user; failed: no text appeared. */
function outcomeOf(end: Exclude<Ending['end'], { kind: 'lease-lost' }>, hasText: boolean): { readonly outcome: Outcome; readonly code: FailureCode | null } {
  if (end.kind !== 'failed') return { outcome: end.kind, code: null }
  return { outcome: hasText ? 'interrupted' : 'failed', code: end.code }
}

async function untilWritten(deps: TurnDeps, write: () => Promise<boolean>): Promise<boolean> {
  for (;;) {
    try {
      return await write()
    } catch (error) {
      deps.events.unexpected('settling a turn', error)
      await new Promise<void>((resolve) => deps.clock.after(retryMs, resolve))
    }
  }
}

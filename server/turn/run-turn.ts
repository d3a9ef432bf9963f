import type { OpenedTurn, RunningTurn } from '../store/store.ts'
import { streamAnswer } from './answer-stream.ts'
import { buildContext } from './context-builder.ts'
import { Deadlines } from './deadlines.ts'
import { LiveTurn } from './live-turn.ts'
import { openTurn, type AskedQuestion } from './open-turn.ts'
import { settleTurn, type Ending } from './settle.ts'
import type { TurnDeps } from './turn-deps.ts'

/**
 * Opens a turn and lets it run. When this resolves, the question is on disk and may be acknowledged; the turn goes on by
 * itself, whoever listens. The same client message id resolves with the turn it already has.
 */
export function askQuestion(deps: TurnDeps, question: AskedQuestion): Promise<OpenedTurn> {
  return deps.liveTurns.opening(openAndRun(deps, question))
}

async function openAndRun(deps: TurnDeps, question: AskedQuestion): Promise<OpenedTurn> {
  const opened = await openTurn(deps, question)
  if (opened.kind !== 'opened') return opened

  const live = new LiveTurn(opened.turn, deps.store.epoch)
  deps.liveTurns.keep(live, runTurn(deps, live, question.content))
  announce(deps, opened.turn, opened.newConversation)
  return opened
}

/** The story of a turn, from the open question to its receipt: build, stream, settle. It never rejects. */
async function runTurn(deps: TurnDeps, live: LiveTurn, question: string): Promise<void> {
  let ending = nothingYet
  try {
    using deadlines = new Deadlines(live, deps.clock, deps.settings)
    const agent = deps.findAgent(live.turn.agentId)
    if (!agent) throw new Error(`the agent ${live.turn.agentId} is gone`)
    const beganAt = deps.clock.monotonic()

    const context = await buildContext(deps, live.turn, { agent, question, tokens: deps.settings.contextTokens })
    const contextMs = Math.round(deps.clock.monotonic() - beganAt)

    const streamed = await streamAnswer(deps, live, agent, context, deadlines)
    ending = { ...streamed, context, contextMs }
  } catch (error) {
    deps.events.unexpected('running a turn', error)
  }
  await settleTurn(deps, live, ending)
}

/** What is known of a turn that broke before its stream ended. */
const nothingYet: Ending = { end: { kind: 'failed', code: 'internal' }, attempts: [], openAttempt: null, context: null, contextMs: null, reasoningMs: null }

function announce(deps: TurnDeps, turn: RunningTurn, newConversation: boolean): void {
  const { actor, conversationId, turnId, agentId } = turn
  deps.events.questionAccepted({ turnId, conversationId, agentId })
  deps.bus.publish({ kind: 'turn-opened', actor, conversationId, turnId })
  deps.bus.publish({ kind: 'conversation', actor, conversationId, change: newConversation ? 'created' : 'running' })
}

import { clientFrameAliases, clientFrames, serverFrames } from '#protocol/chat-frames.ts'
import { emergenceClientFrames, emergenceServerFrames } from '#protocol/emergence-frames.ts'
import type { Attempt, FailureCode, Outcome, Usage } from '#protocol/turn.ts'
import { boundedLabel } from './label-values.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'

export interface AcceptedQuestion {
  readonly turnId: string
  readonly conversationId: string
  readonly agentId: string
}

export interface EndedAttempt {
  readonly turnId: string
  readonly provider: string
  readonly model: string
  readonly outcome: Exclude<Attempt['state'], 'running'>
  readonly error: FailureCode | null
  readonly providerStatus: number | null
  /** For the log: what went wrong, without a key or text. */
  readonly detail: string | null
  /** From the call to the first delta; null when none came. */
  readonly firstDeltaMs: number | null
  readonly totalMs: number
  readonly usage: Usage | null
}

export interface SettledTurn {
  readonly turnId: string
  readonly conversationId: string
  readonly outcome: Outcome
  readonly failureCode: FailureCode | null
  readonly provider: string | null
  readonly model: string | null
  readonly totalMs: number
  /** Of its calls, in dollars; null where it is not known. */
  readonly costs: readonly { readonly provider: string; readonly model: string; readonly cost: number | null }[]
}

export interface EndedJob {
  readonly jobId: string
  readonly kind: string
  /** How often it was begun. */
  readonly attempts: number
  /** Retried: after an error, later again. Dead: given up. Returned: this process ends first. Lost: another one has it, or it was asked for anew. */
  readonly outcome: 'done' | 'retried' | 'dead' | 'returned' | 'lost'
}

export interface CountedJobs {
  readonly kind: string
  readonly due: number
  readonly dead: number
}

/** What happens in the house that an operator cares about: each event moves its figures and writes its line, here and nowhere else. */
export interface BusinessEvents {
  /** A user's message and its turn are stored. */
  questionAccepted(question: AcceptedQuestion): void
  /** A model call is over, however it went. */
  attemptEnded(attempt: EndedAttempt): void
  /** A turn is closed: its answer and its receipt are stored. */
  turnSettled(turn: SettledTurn): void
  /** This process no longer owns the turn; what it would have written was not. */
  leaseLost(turn: { readonly turnId: string }): void
  /** Turns that an earlier process left running are closed. */
  recovered(found: { readonly turns: number }): void
  /** A job is over, or back in the queue. */
  jobEnded(job: EndedJob): void
  jobsCounted(counts: readonly CountedJobs[]): void
  /** Of the processes that share a database, this one does it from now on. */
  dutyTaken(taken: { readonly duty: string }): void
  socketOpened(): void
  socketClosed(closed: { readonly code: number }): void
  /** Called for every frame: counts only, no line. */
  frameReceived(type: string): void
  frameSent(type: string): void
  /** The process was told to end and waits for running turns. */
  draining(waiting: { readonly runningTurns: number }): void
  /** Something that should not happen, where it was caught. */
  unexpected(where: string, error: unknown): void
}

const receivedTypes = new Set([...Object.keys(clientFrames), ...Object.keys(clientFrameAliases), ...Object.keys(emergenceClientFrames)])
const sentTypes = new Set([...Object.keys(serverFrames), ...Object.keys(emergenceServerFrames)])
const modelsCounted = 100

/** The business events of one app, over its logger and its metrics. */
export function businessEvents(logger: Logger, metrics: Metrics): BusinessEvents {
  return { ...turnEvents(logger, metrics), ...jobEvents(logger, metrics), ...socketEvents(logger, metrics), ...processEvents(logger) }
}

type TurnEvents = Pick<BusinessEvents, 'questionAccepted' | 'attemptEnded' | 'turnSettled' | 'leaseLost' | 'recovered'>

function turnEvents(logger: Logger, metrics: Metrics): TurnEvents {
  const modelLabel = boundedLabel(modelsCounted)
  return {
    questionAccepted(question) {
      metrics.chatMessages.inc({ role: 'user' })
      logger.info(question, 'question accepted')
    },
    attemptEnded(attempt) {
      countAttempt(metrics, attempt, modelLabel(attempt.model))
      logger[attempt.error === null ? 'info' : 'warn'](attempt, 'model call ended')
    },
    turnSettled(turn) {
      metrics.chatMessages.inc({ role: 'assistant' })
      metrics.receipts.inc()
      for (const { provider, model, cost } of turn.costs) {
        if (cost !== null) metrics.modelCost.inc({ provider, model: modelLabel(model) }, cost)
      }
      logger.info(turn, 'turn settled')
    },
    leaseLost: (turn) => logger.warn(turn, 'lease lost: another process owns the turn'),
    recovered(found) {
      if (found.turns > 0) logger.warn(found, 'turns of an earlier process were closed')
    },
  }
}

function countAttempt(metrics: Metrics, attempt: EndedAttempt, model: string): void {
  const { provider, outcome, usage } = attempt
  metrics.modelCalls.inc({ provider, model, outcome })
  metrics.modelLatency.observe({ provider, model }, attempt.totalMs / 1000)
  if (attempt.firstDeltaMs !== null) metrics.firstDelta.observe({ provider, model }, attempt.firstDeltaMs / 1000)
  // Cached tokens are part of the input and reasoning is part of the output: counting them too would count them twice.
  metrics.modelTokens.inc({ provider, model, direction: 'input' }, usage?.input ?? 0)
  metrics.modelTokens.inc({ provider, model, direction: 'output' }, usage?.output ?? 0)
}

function jobEvents(logger: Logger, metrics: Metrics): Pick<BusinessEvents, 'jobEnded' | 'jobsCounted' | 'dutyTaken'> {
  return {
    dutyTaken: (taken) => logger.info(taken, 'duty taken'),
    jobEnded(job) {
      metrics.jobs.inc({ kind: job.kind, outcome: job.outcome })
      logger[job.outcome === 'dead' ? 'error' : job.outcome === 'retried' ? 'warn' : 'info'](job, 'job ended')
    },
    jobsCounted(counts) {
      for (const { kind, due, dead } of counts) {
        metrics.jobsWaiting.set({ kind, state: 'due' }, due)
        metrics.jobsWaiting.set({ kind, state: 'dead' }, dead)
      }
    },
  }
}

type SocketEvents = Pick<BusinessEvents, 'socketOpened' | 'socketClosed' | 'frameReceived' | 'frameSent'>

function socketEvents(logger: Logger, metrics: Metrics): SocketEvents {
  return {
    socketOpened() {
      metrics.sockets.inc()
      logger.debug('socket opened')
    },
    socketClosed(closed) {
      metrics.sockets.dec()
      logger.debug(closed, 'socket closed')
    },
    frameReceived: (type) => metrics.frames.inc({ direction: 'in', type: receivedTypes.has(type) ? type : 'unknown' }),
    frameSent: (type) => metrics.frames.inc({ direction: 'out', type: sentTypes.has(type) ? type : 'unknown' }),
  }
}

function processEvents(logger: Logger): Pick<BusinessEvents, 'draining' | 'unexpected'> {
  return {
    draining: (waiting) => logger.info(waiting, 'draining'),
    unexpected: (where, error) => logger.error({ where, err: error }, 'unexpected'),
  }
}

import type { TurnEvent } from '#protocol/turn-events.ts'
import type { Actor } from '../lib/actor.ts'

/** A turn's log as a follower sees it: events 1..last, and word when there are more. */
export interface FollowedTurn {
  readonly conversationId: string
  readonly turnId: string
  readonly responseId: string
  readonly epoch: string
  readonly last: number
  /** True once nothing will come after `last`. */
  readonly closed: boolean
  eventAt(seq: number): TurnEvent
  onChange(listener: () => void): () => void
}

/** Where events go. While `ready` is false nothing is pushed: the log keeps it, and `Following.resume` goes on. */
export interface EventSink {
  ready(): boolean
  event(event: TurnEvent): void
  /** All was pushed and nothing more will come. */
  end(): void
}

export interface Following {
  resume(): void
  cancel(): void
}

export interface FollowDeps {
  /** The turns that run in this process. */
  readonly liveTurns: { find(actor: Actor, turnId: string): FollowedTurn | null; opened(): Promise<void> }
  /** All others: those that run elsewhere, and those that are closed. */
  readonly remoteTurns: { find(actor: Actor, turnId: string): Promise<FollowedTurn | null> }
}

/** The log of a turn, from this process's memory while it runs here, else from the store. Null: not there, or not this actor's. */
export async function findFollowed(deps: FollowDeps, actor: Actor, turnId: string): Promise<FollowedTurn | null> {
  const live = deps.liveTurns.find(actor, turnId)
  if (live) return live
  const stored = await deps.remoteTurns.find(actor, turnId)
  if (!stored || stored.closed) return stored
  // Where it was opened here, its opening is on disk and still on its way back to whoever asked.
  await deps.liveTurns.opened()
  return deps.liveTurns.find(actor, turnId) ?? stored
}

/**
 * Pushes every event after `after`, once and in order, until the log ends or the follower cancels. It pulls from the log by
 * its own cursor, so a slow follower holds back nobody and misses nothing.
 */
export function followTurn(followed: FollowedTurn, after: number, sink: EventSink): Following {
  let next = after + 1
  let over = false
  const resume = () => {
    while (!over && next <= followed.last && sink.ready()) sink.event(followed.eventAt(next++))
    if (!over && followed.closed && next > followed.last) {
      cancel()
      sink.end()
    }
  }
  const cancel = () => {
    over = true
    stopListening()
  }
  const stopListening = followed.onChange(resume)
  resume()
  return { resume, cancel }
}

/** Resolves once nothing will come any more: the turn is closed. Whoever waits may go away; the turn does not care. */
export function turnEnd(followed: FollowedTurn): Promise<void> {
  return new Promise((resolve) => {
    followTurn(followed, followed.last, { ready: () => true, event: () => {}, end: resolve })
  })
}

import type { TurnEvent } from '#protocol/turn-events.ts'
import { followTurn, type FollowedTurn, type Following } from '../../turn/follow-turn.ts'

interface Target {
  ready(): boolean
  event(event: TurnEvent): void
}

/** The turns that one socket follows: each at most once, so that nothing is pushed twice. */
export class FollowedTurns {
  readonly #target: Target
  readonly #turns = new Map<string, { readonly conversationId: string; readonly following: Following }>()

  constructor(target: Target) {
    this.#target = target
  }

  has(turnId: string): boolean {
    return this.#turns.has(turnId)
  }

  /** Events after `after`; a turn that was followed before is followed from here instead. */
  follow(followed: FollowedTurn, after: number): void {
    const { turnId, conversationId } = followed
    this.#leave(turnId)
    let ended = false
    const following = followTurn(followed, after, {
      ready: () => this.#target.ready(),
      event: (event) => this.#target.event(event),
      end: () => {
        ended = true
        this.#turns.delete(turnId)
      },
    })
    if (!ended) this.#turns.set(turnId, { conversationId, following })
  }

  /** The socket has room again. */
  resume(): void {
    for (const { following } of [...this.#turns.values()]) following.resume()
  }

  leaveConversation(conversationId: string): void {
    for (const [turnId, turn] of this.#turns) if (turn.conversationId === conversationId) this.#leave(turnId)
  }

  leaveAll(): void {
    for (const turnId of [...this.#turns.keys()]) this.#leave(turnId)
  }

  #leave(turnId: string): void {
    this.#turns.get(turnId)?.following.cancel()
    this.#turns.delete(turnId)
  }
}

import { followTurn, type FollowedTurn } from '../turn/follow-turn.ts'

/** Resolves once nothing will come any more: the turn is closed. Whoever waits may go away; the turn does not care. */
export function turnEnd(followed: FollowedTurn): Promise<void> {
  return new Promise((resolve) => {
    followTurn(followed, followed.last, { ready: () => true, event: () => {}, end: resolve })
  })
}

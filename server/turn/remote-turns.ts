import { actorKey, type Actor } from '../lib/actor.ts'
import type { FollowedTurn } from './follow-turn.ts'
import { RemoteTurn, type KnownTurn, type RemoteTurnDeps } from './remote-turn.ts'
import { eventsOfLog } from './turn-events.ts'

/** Turns that do not run in this process, as the store tells them. All who follow one here share one look at it. */
export class RemoteTurns {
  readonly #deps: RemoteTurnDeps
  readonly #watched = new Map<string, RemoteTurn>()

  constructor(deps: RemoteTurnDeps) {
    this.#deps = deps
  }

  /** Null: not there, or not this actor's. */
  async find(actor: Actor, turnId: string): Promise<FollowedTurn | null> {
    const log = await this.#deps.store.readLog(actor, turnId)
    if (!log) return null
    const { conversation_id: conversationId, response_id: responseId, epoch } = log.turn
    if (!log.receipt) return this.share({ actor, turnId, conversationId, responseId, epoch, rows: log.rows })
    const events = eventsOfLog(log)
    return { turnId, conversationId, responseId, epoch, last: events.length, closed: true, eventAt: (seq) => events[seq - 1]!, onChange: () => () => {} }
  }

  /** A turn that runs elsewhere, from what is known of it on. */
  share(known: KnownTurn): FollowedTurn {
    const key = `${actorKey(known.actor)}/${known.turnId}`
    const watched = this.#watched.get(key)
    if (watched?.epoch === known.epoch) {
      watched.learn(known.rows)
      return watched
    }
    return new RemoteTurn(this.#deps, known, (turn, isWatched) => {
      if (isWatched) this.#watched.set(key, turn)
      else if (this.#watched.get(key) === turn) this.#watched.delete(key)
    })
  }
}

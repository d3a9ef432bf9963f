import type { ServerResponse } from 'node:http'
import { limits } from '#protocol/limits.ts'
import type { TurnEvent } from '#protocol/turn-events.ts'
import type { Clock } from '../lib/clock.ts'
import { followTurn, type Following } from '../turn/follow-turn.ts'
import type { Resumed } from '../turn/resume-turn.ts'

/** A line that says nothing, so that nobody on the way takes the silence of a model for the end of a connection. */
const commentMs = 15_000
/** When the server goes away, a reader has so long to take what was written for it. */
const partingMs = 1000

/**
 * A turn's log as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), written to the raw
 * response. A reader that is too slow is not fed: the log keeps what it misses, and after a while it is let go to resume.
 */
export class EventStream {
  readonly #response: ServerResponse
  readonly #clock: Clock
  #following: Following | null = null
  #cancelComment: () => void = () => {}
  #cancelSlow: (() => void) | null = null

  constructor(response: ServerResponse, clock: Clock) {
    this.#response = response
    this.#clock = clock
    response.on('close', () => this.#closed())
    response.on('drain', () => this.#drained())
  }

  /** Writes the events after the cursor, then those to come, until the turn's last. */
  start({ followed, after, message }: Resumed, asked: { readonly after: number }): void {
    this.#scheduleComment()
    if (message) {
      const resumed = { turn_id: followed.turnId, epoch: followed.epoch, recovered: false, after: asked.after, last: after, message }
      this.#response.write(eventText('chat.resumed', `${followed.epoch}:${after}`, resumed))
    }
    this.#following = followTurn(followed, after, {
      ready: () => this.#ready,
      event: (event) => this.#write(event),
      end: () => this.end(),
    })
    if (this.#response.closed || this.#response.writableEnded) this.#following.cancel()
  }

  /** Ends the response; what is buffered is still delivered to a reader that takes it in time. */
  end(milliseconds = limits.socketSlowSeconds * 1000): void {
    this.#following?.cancel()
    this.#cancelComment()
    this.#response.end()
    this.#cancelSlow?.()
    if (!this.#response.closed) this.#cancelSlow = this.#clock.after(milliseconds, () => this.#response.destroy())
  }

  /** The server goes away, and an open response would hold it up. The reader comes back with the id of the last event it saw. */
  part(): void {
    this.end(partingMs)
  }

  get #ready(): boolean {
    return !this.#response.destroyed && !this.#response.writableEnded && this.#response.writableLength < limits.socketBufferedBytes
  }

  #write(event: TurnEvent): void {
    const { epoch, seq } = event.payload
    this.#response.write(eventText(event.type, `${epoch}:${seq}`, event.payload))
    if (!this.#ready) this.#becameSlow()
  }

  #becameSlow(): void {
    this.#cancelSlow ??= this.#clock.after(limits.socketSlowSeconds * 1000, () => this.#response.destroy())
  }

  #drained(): void {
    if (this.#response.writableEnded) return
    this.#cancelSlow?.()
    this.#cancelSlow = null
    this.#following?.resume()
  }

  #scheduleComment(): void {
    this.#cancelComment = this.#clock.after(commentMs, () => {
      if (this.#ready) this.#response.write(':\n\n')
      this.#scheduleComment()
    })
  }

  #closed(): void {
    this.#following?.cancel()
    this.#cancelComment()
    this.#cancelSlow?.()
  }
}

/** JSON holds no bare line break, so no text of a model can begin a line of this stream. */
function eventText(type: string, id: string, payload: unknown): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(payload)}\n\n`
}

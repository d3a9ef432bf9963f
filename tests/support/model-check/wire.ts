/**
 * A connection whose two ends are in this process: what `ws` and `node:http` write to one end arrives at the other, unless
 * the schedule holds it on its way or cuts it off. Nothing depends on the kernel, so a schedule runs the same way each time.
 */
import { Duplex } from 'node:stream'

/** up: from the client to the server. */
export type Direction = 'up' | 'down'

export class Wire {
  readonly client: Duplex
  readonly server: Duplex
  readonly #lanes: Readonly<Record<Direction, Lane>>

  constructor(onActivity: () => void) {
    const up = new Lane(onActivity)
    const down = new Lane(onActivity)
    this.client = new End(up)
    this.server = new End(down)
    up.leadTo(this.server)
    down.leadTo(this.client)
    this.#lanes = { up, down }
  }

  get held(): boolean {
    return this.#lanes.up.held || this.#lanes.down.held
  }

  /** What is sent from now on stays on its way. */
  hold(direction: Direction): void {
    this.#lanes[direction].held = true
  }

  release(): void {
    for (const lane of Object.values(this.#lanes)) lane.release()
  }

  /** Both ends learn that the connection is gone; what was on its way is lost. */
  cut(): void {
    for (const lane of Object.values(this.#lanes)) lane.lose()
    this.client.destroy()
    this.server.destroy()
  }
}

const gone = Symbol('the other end is gone')

class Lane {
  held = false
  readonly #onActivity: () => void
  readonly #onItsWay: (Buffer | null | typeof gone)[] = []
  #end: Duplex | null = null
  #scheduled = false

  constructor(onActivity: () => void) {
    this.#onActivity = onActivity
  }

  leadTo(end: Duplex): void {
    this.#end = end
  }

  send(piece: Buffer | null | typeof gone): void {
    this.#onActivity()
    this.#onItsWay.push(piece)
    this.#deliverSoon()
  }

  release(): void {
    this.held = false
    this.#deliverSoon()
  }

  lose(): void {
    this.#onItsWay.length = 0
    this.held = false
  }

  #deliverSoon(): void {
    if (this.#scheduled || this.held) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      if (!this.held) for (const piece of this.#onItsWay.splice(0)) this.#deliver(piece)
    })
  }

  #deliver(piece: Buffer | null | typeof gone): void {
    this.#onActivity()
    if (this.#end!.destroyed) return
    if (piece === gone) this.#end!.destroy()
    else this.#end!.push(piece)
  }
}

class End extends Duplex {
  readonly #out: Lane

  constructor(out: Lane) {
    super({ allowHalfOpen: true })
    this.#out = out
    this.on('error', () => {})
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.#out.send(chunk)
    callback()
  }

  override _final(callback: () => void): void {
    this.#out.send(null)
    callback()
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#out.send(gone)
    callback(error)
  }
}

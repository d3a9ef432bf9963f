import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

interface Wire {
  readonly client: Socket
  readonly server: Socket
}

/** A wire between two programs that can be cut at a word, go dead, or be gone for a while. */
export class TcpFault implements AsyncDisposable {
  readonly #target: number
  readonly #listener: Server
  readonly #wires = new Set<Wire>()
  #isDead = false
  #isGone = false
  #word: { readonly bytes: Buffer; readonly reached: () => void; skip: number } | null = null

  private constructor(target: number, listener: Server) {
    this.#target = target
    this.#listener = listener
    listener.on('connection', (client) => this.#join(client))
  }

  /** A wire to a port of this machine. */
  static async open(target: number): Promise<TcpFault> {
    const listener = createServer().listen(0, '127.0.0.1')
    await once(listener, 'listening')
    return new TcpFault(target, listener)
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port
  }

  /**
   * A connection whose client says this word, after `skip` times that it was said, is cut when the server answers: what was
   * asked was done, and nobody is told. Resolves then.
   */
  cutAnswerTo(word: string, skip: number): Promise<void> {
    return new Promise((reached) => (this.#word = { bytes: Buffer.from(word), reached, skip }))
  }

  /** Cuts every connection; refuses new ones until `restore`. */
  goAway(): void {
    this.#isGone = true
    for (const wire of this.#wires) end(wire)
  }

  /** Connections stay, and nothing comes through, until `restore`; then they are cut. */
  goDead(): void {
    this.#isDead = true
  }

  restore(): void {
    if (this.#isDead) for (const wire of this.#wires) end(wire)
    this.#isDead = this.#isGone = false
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const wire of this.#wires) end(wire)
    this.#listener.close()
  }

  #join(client: Socket): void {
    if (this.#isGone) return void client.destroy()
    const wire = { client, server: connect(this.#target, '127.0.0.1') }
    this.#wires.add(wire)
    let cutting: { readonly reached: () => void } | null = null
    client.on('data', (bytes: Buffer) => {
      if (this.#isDead) return
      if (this.#word && bytes.includes(this.#word.bytes) && this.#word.skip-- === 0) {
        cutting = this.#word
        this.#word = null
      }
      wire.server.write(bytes)
    })
    wire.server.on('data', (bytes: Buffer) => {
      if (this.#isDead) return
      if (!cutting) return void client.write(bytes)
      end(wire)
      cutting.reached()
    })
    for (const socket of [client, wire.server]) {
      socket.setNoDelay(true).on('error', () => {}).on('close', () => {
        this.#wires.delete(wire)
        end(wire)
      })
    }
  }
}

function end({ client, server }: Wire): void {
  client.destroy()
  server.destroy()
}

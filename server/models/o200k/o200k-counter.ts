import { Worker } from 'node:worker_threads'
import type { TokenCounter } from '../token-counter.ts'

interface Waiting {
  readonly resolve: (counts: readonly number[]) => void
  readonly reject: (error: Error) => void
}

/** Counts in a thread of its own, which starts with the first question: its tables take 200 ms to load, and answers stream meanwhile. */
export class O200kCounter implements TokenCounter, AsyncDisposable {
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | null = null
  #lastId = 0
  #closed = false

  count(texts: readonly string[]): Promise<readonly number[]> {
    if (this.#closed) return Promise.reject(new Error('the token counter is closed'))
    const worker = (this.#worker ??= this.#start())
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      worker.postMessage({ id, texts })
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const worker = new Worker(new URL('./thread-entry.ts', import.meta.url))
    worker.unref()
    worker.on('message', ({ id, counts }: { id: number; counts: readonly number[] }) => {
      this.#waiting.get(id)?.resolve(counts)
      this.#waiting.delete(id)
    })
    worker.on('error', () => {})
    worker.once('exit', () => this.#ended())
    return worker
  }

  /** The next question starts another thread. */
  #ended(): void {
    this.#worker = null
    for (const { reject } of this.#waiting.values()) reject(new Error('the token counter ended'))
    this.#waiting.clear()
  }
}

import { Worker } from 'node:worker_threads'
import { toStoreError, type DescribedError } from './described-error.ts'
import { StoreError } from './store.ts'

/** What a thread is asked: a command or a query by its name. */
export interface Call {
  readonly id: number
  readonly name: string
  readonly input: unknown
}

export type Reply = { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: DescribedError }

interface Waiting {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: StoreError) => void
}

/** Calls to a thread that answers by id. If the thread ends, everything that waits is told so, and so is whoever calls later. */
export class StoreThread {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  readonly #ended: Promise<void>
  #lastId = 0
  #failure: StoreError | null = null

  /** `entry` is the file it begins with; `workerData` is all that it is told there. */
  constructor(entry: URL, workerData: object) {
    this.#worker = new Worker(entry, { workerData })
    this.#worker.on('message', (replies: readonly Reply[]) => replies.forEach((reply) => this.#settle(reply)))
    this.#worker.on('error', (error) => this.#fail(new StoreError('store_unavailable', `The store's thread failed: ${(error as Error).message}`)))
    this.#ended = new Promise((resolve) => this.#worker.once('exit', () => {
      this.#fail(new StoreError('store_unavailable', 'The store is closed.'))
      resolve()
    }))
  }

  call<T>(name: string, input: unknown): Promise<T> {
    if (this.#failure) return Promise.reject(this.#failure)
    const id = ++this.#lastId
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject })
      this.#worker.postMessage({ id, name, input } satisfies Call)
    })
  }

  /** Lets what was called before finish, then ends the thread. */
  async close(): Promise<void> {
    this.#worker.postMessage('close')
    await this.#ended
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if ('error' in reply) waiting?.reject(toStoreError(reply.error))
    else waiting?.resolve(reply.result)
  }

  #fail(error: StoreError): void {
    this.#failure ??= error
    for (const { reject } of this.#waiting.values()) reject(this.#failure)
    this.#waiting.clear()
  }
}

import type { Clock } from './clock.ts'

/** Wakes whoever waits. One that rang while nobody waited is heard by the next who does. */
export class Bell {
  #rang = false
  #wake = () => {}

  ring(): void {
    this.#rang = true
    this.#wake()
  }

  /** Resolves with whether it rang: when it does, after so long without it, or at once when the signal comes. */
  async heard(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#rang && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const end = () => {
          cancel()
          signal.removeEventListener('abort', end)
          resolve()
        }
        const cancel = clock.after(milliseconds, end)
        signal.addEventListener('abort', end)
        this.#wake = end
      })
    }
    const rang = this.#rang
    this.#rang = false
    this.#wake = () => {}
    return rang
  }
}

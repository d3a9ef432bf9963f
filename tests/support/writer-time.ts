/** How long commands hold the one connection that writes. */
import type { Command } from '../../server/store/command.ts'
import type { Connection } from '../../server/store/sqlite/connection.ts'

/**
 * Promised is that no command holds the writer for over 5 ms. What is asserted is the processor's time of the median, at three times that:
 * how long something takes on a busy machine says more of the machine.
 */
export const mostMs = 15

/** Milliseconds of this thread's processor time, and of the clock on the wall. */
export interface Took {
  readonly cpu: number
  readonly wall: number
}

/** Runs one command in a commit of its own. */
export function timedOnce<T>(connection: Connection, command: Command<T>): { readonly result: T; readonly took: Took } {
  const [began, busy] = [performance.now(), process.threadCpuUsage()]
  const result = connection.transaction('immediate', () => connection.run(command))
  const { user, system } = process.threadCpuUsage(busy)
  return { result, took: { cpu: (user + system) / 1000, wall: performance.now() - began } }
}

/** Runs slices until there are no more, each in a commit of its own, and tells how long each took. */
export function timed<T>(connection: Connection, slice: () => Command<T>, isLast: (result: T) => boolean): readonly Took[] {
  const all: Took[] = []
  for (;;) {
    const { result, took } = timedOnce(connection, slice())
    all.push(took)
    if (isLast(result)) return all
  }
}

const at = (took: readonly Took[], clock: keyof Took, share: number) => took.map((one) => one[clock]).toSorted((a, b) => a - b)[Math.ceil(took.length * share) - 1]!
const spread = (took: readonly Took[], clock: keyof Took) => [0.5, 0.95, 1].map((share) => at(took, clock, share).toFixed(1)).join(', ')

export const middle = (took: readonly Took[]): number => at(took, 'cpu', 0.5)
export const figures = (took: readonly Took[]): string => `${took.length} slices; milliseconds at 50, 95 and 100 %: ${spread(took, 'cpu')} of the processor, ${spread(took, 'wall')} in all`

import fc from 'fast-check'
import type { Ground } from './ground.ts'
import type { Overrides } from './life.ts'
import { runSchedule } from './run-schedule.ts'
import { schedules, type Schedule } from './steps.ts'

export interface Checked {
  /** Schedules until the first that failed, or all. */
  readonly runs: number
  /** The smallest schedule that fails, and what it breaks; null where none did. */
  readonly found: { readonly schedule: Schedule; readonly violation: string } | null
}

/** Plays random schedules until one fails, and makes that one as small as it gets. */
export async function checkSchedules(
  ground: Ground,
  { seed, count, overrides = {} }: { readonly seed: number; readonly count: number; readonly overrides?: Overrides },
): Promise<Checked> {
  const holds = fc.asyncProperty(schedules, async (schedule) => {
    const violation = await runSchedule(ground, schedule, overrides)
    if (violation !== null) throw new Error(violation)
  })
  const { failed, numRuns: runs, counterexample, errorInstance } = await fc.check(holds, { seed, numRuns: count })
  return { runs, found: failed && counterexample ? { schedule: counterexample[0], violation: String(errorInstance) } : null }
}

/** As it can be pinned. */
export function written({ seed, finishes, steps }: Schedule): string {
  return `seed: ${seed}, finishes: ${finishes}, steps: [\n${steps.map((step) => `  ${JSON.stringify(step)},\n`).join('')}]`
}

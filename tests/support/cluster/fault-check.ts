import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Bench, type BenchOptions } from './bench.ts'
import type { BugName } from './fault-switches.ts'
import { faultSeed } from './seeded.ts'

/** Where checks run: `sample` in `npm test`, `full` in the fault suites. */
export const isFullRun = process.env['FAULTS'] === 'full'

export interface FaultCheck {
  /** Its name with the check that it is: `[R09] …`. */
  readonly name: string
  /** Rounds, or what the check counts. It ends at its first violation, so a planted bug has the full number to show itself. */
  readonly rounds?: { readonly sample: number; readonly full: number }
  /** Resolves with each violation as a sentence. */
  readonly run: (bench: Bench, rounds: number, note: (figure: string) => void) => Promise<readonly string[]>
  /** Bugs with which this same check must find violations, and words to find each by. A sample plants the first, where it plants any. */
  readonly caught: Partial<Readonly<Record<BugName, RegExp>>>
  /** False: its bugs are planted in full runs only, because another check's sample finds the same ones. */
  readonly plantsInSample?: boolean
}

/** What a bug keeps from coming is not waited for as long as what must come. */
const patienceWithBugMs = 2000

/**
 * Checks that share one bench. Each is a test that finds nothing, and a test for each planted bug that does: a check that
 * never failed does not count.
 */
export function faultChecks(options: BenchOptions, checks: readonly FaultCheck[]): void {
  let opened: Promise<Bench> | undefined
  const bench = () => (opened ??= Bench.open(options))
  after(async () => (await opened)?.[Symbol.asyncDispose]())

  for (const check of checks) {
    const rounds = check.rounds?.[isFullRun ? 'full' : 'sample'] ?? 1
    test(check.name, async (t) => {
      const note = (figure: string) => t.diagnostic(`${figure} (seed ${faultSeed})`)
      assert.deepEqual(await check.run(await bench(), rounds, note), [])
    })
    const bugs = Object.entries(check.caught) as [BugName, RegExp][]
    for (const [bug, words] of isFullRun ? bugs : bugs.slice(0, check.plantsInSample === false ? 0 : 1)) {
      test(`${check.name}: a server with the bug ${bug} is found out`, async (t) => {
        const broken = await bench()
        await broken.plant(bug)
        broken.patienceMs = patienceWithBugMs
        try {
          const found = await check.run(broken, check.rounds?.full ?? 1, () => {})
          const by = found.find((violation) => words.test(violation))
          assert.ok(by !== undefined, `found ${found.length} violations, and none by ${words}: ${found.slice(0, 5).join('; ')}`)
          t.diagnostic(`found by: ${by}`)
        } finally {
          await broken.restored()
        }
      })
    }
  }
}

/** A promised deadline is asserted with three times its length, because machines that test are busy. */
export function late(what: string, tookMs: number, promisedMs: number): readonly string[] {
  return tookMs <= 3 * promisedMs ? [] : [`late: ${what} took ${Math.round(tookMs)} ms, and ${promisedMs} are promised`]
}

/** Rejects when the promise does; resolves with null when it is not settled in time. */
export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T | null> {
  const { promise: out, resolve } = Promise.withResolvers<null>()
  const timer = setTimeout(() => resolve(null), milliseconds)
  return Promise.race([promise, out]).finally(() => clearTimeout(timer))
}

/** The middle and the greatest of some figures, for a diagnostic line. */
export function spread(figures: readonly number[], unit: string): string {
  const sorted = figures.toSorted((a, b) => a - b)
  const [median, most] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)].map((figure) => Math.round(figure ?? 0))
  return `${median} ${unit} median, ${most} at most of ${sorted.length}`
}

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Bench, type BenchOptions } from './bench.ts'
import type { BugName } from './fault-switches.ts'
import { faultSeed } from './seeded.ts'
import { WaitedInVain } from './waited-in-vain.ts'

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
      assert.deepEqual(await violationsIn(check, await bench(), rounds, note), [])
    })
    const bugs = Object.entries(check.caught) as [BugName, RegExp][]
    for (const [bug, words] of isFullRun ? bugs : bugs.slice(0, check.plantsInSample === false ? 0 : 1)) {
      test(`${check.name}: a server with the bug ${bug} is found out`, async (t) => {
        const { by, found, runs } = await findOut(check, await bench(), bug, words)
        assert.ok(by !== undefined, `found ${found.length} violations in ${runs} runs, and none by ${words}: ${found.slice(0, 5).join('; ')}`)
        t.diagnostic(`found by: ${by}${runs > 1 ? `, in run ${runs}` : ''}`)
      })
    }
  }
}

/** Runs a check. What it waited for in vain is a violation, too, and what came of its scene until then is weighed all the same. */
async function violationsIn(check: FaultCheck, bench: Bench, rounds: number, note: (figure: string) => void): Promise<readonly string[]> {
  try {
    return await check.run(bench, rounds, note)
  } catch (error) {
    if (!(error instanceof WaitedInVain)) throw error
    return [error.message, ...await bench.latest?.violations().catch((unread: unknown) => [`nothing can be read: ${String(unread)}`]) ?? []]
  }
}

/** What a bug does may depend on the moment: a run in which it did not show, or broke the check instead, is one of a few. */
const runsWithBug = 3

interface FoundOut {
  /** The violation that shows the bug. */
  readonly by: string | undefined
  /** All that was found, in all runs. */
  readonly found: readonly string[]
  readonly runs: number
}

/** Plants a bug and runs the check until it finds what shows that bug and no other, by these words. */
async function findOut(check: FaultCheck, bench: Bench, bug: BugName, words: RegExp): Promise<FoundOut> {
  const found: string[] = []
  for (let runs = 1; ; runs++) {
    await bench.plant(bug)
    bench.patienceMs = patienceWithBugMs
    try {
      found.push(...await violationsIn(check, bench, check.rounds?.full ?? 1, () => {}))
    } catch (error) {
      found.push(`the check broke: ${String(error)}`)
    } finally {
      await bench.restored()
    }
    const by = found.find((violation) => words.test(violation))
    if (by !== undefined || runs === runsWithBug) return { by, found, runs }
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

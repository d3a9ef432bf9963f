import { isDeepStrictEqual } from 'node:util'
import { seededRandom } from '../cluster/seeded.ts'
import { readCut, readerBugs } from './planted-reader-bugs.ts'
import { adapterOf, bodyOf, type Recording } from './recording.ts'
import { askOracle, type Summary, summaryOf } from './stream-oracle.ts'

export interface Effort {
  readonly seed: number
  /** Random ways to cut each body: so many, */
  readonly rounds: number
  /** and fewer where the body is so long that more bytes than this would be read. At least one. */
  readonly bytes: number
  /** Bodies up to so many bytes are also cut once at every byte. */
  readonly everyByteUpTo: number
}

export interface Difference {
  readonly recording: string
  readonly newline: string
  readonly cuts: readonly number[]
  readonly ours: Summary
  readonly theirs: Summary
}

/** The first difference between us and the AI SDK, and in how many ways the body was cut. Undefined: there is none. */
export async function compare(recording: Recording, effort: Effort, bug?: string): Promise<{ readonly ways: number; readonly difference: Difference | undefined }> {
  const { dialect } = adapterOf[recording.family]
  let ways = 0
  for (const newline of ['\n', '\r\n'] as const) {
    const body = bodyOf(recording, newline)
    const theirs = await askOracle(recording.family, body)
    for (const cuts of waysToCut(body, effort)) {
      ways += 1
      const ours = summaryOf(readCut(dialect, body, cuts, bug === undefined ? undefined : readerBugs[bug]), body)
      if (!isDeepStrictEqual(ours, theirs)) return { ways, difference: { recording: recording.name, newline: JSON.stringify(newline), cuts, ours, theirs } }
    }
  }
  return { ways, difference: undefined }
}

function* waysToCut({ length }: Buffer, { seed, rounds, bytes, everyByteUpTo }: Effort): Generator<readonly number[]> {
  yield []
  if (length <= everyByteUpTo) {
    for (let at = 1; at < length; at++) yield [at]
    yield Array.from({ length: length - 1 }, (_, at) => at + 1)
  }
  const random = seededRandom(seed)
  for (let round = 0; round < Math.min(rounds, Math.max(1, bytes / length)); round++) {
    const count = 1 + Math.floor(random() ** 3 * Math.min(length - 1, 2000))
    yield Array.from({ length: count }, () => 1 + Math.floor(random() * (length - 1))).toSorted((a, b) => a - b)
  }
}

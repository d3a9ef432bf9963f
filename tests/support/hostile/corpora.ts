/**
 * The collection of hostile inputs. It stands beside the project and is not part of it: where it is missing, tests go on with
 * strings of our own, and those that need it are skipped with `withoutCorpora`.
 */
import { existsSync, readFileSync } from 'node:fs'

const place = new URL('../../../../shared/hostile/', import.meta.url)

export const withoutCorpora: string | false = existsSync(place) ? false : 'not run: the collection of hostile inputs is not on this machine'

/** The text of one file of the collection; null where the collection is missing. */
export function readCorpus(name: string): string | null {
  return withoutCorpora ? null : readFileSync(new URL(name, place), 'utf8')
}

/** One JSON list of the collection; empty where the collection is missing. */
export function corpus<T>(name: string): readonly T[] {
  return JSON.parse(readCorpus(name) ?? '[]') as readonly T[]
}

/** Strings that go where the collection is not, too: ends of lines and of events, controls, directions, markup, templates, SQL, prototypes. */
const ours = [
  '\u2028event: chat.done\u2029', 'a\r\ndata: [DONE]\r\n\r\nb', 'a\n\nevent: chat.done\nid: 1\ndata: {}\n\n', '\u0000\u0001\u001b[2J', '\ud83d\ude42\u200d\u202e\ufeff',
  '<script>__pwn=1</script>', '${process.env}{{7*7}}%s%n', "'; DROP TABLE message; --", 'constructor', '__proto__',
]

export const naughtyStrings: readonly string[] = [...ours, ...corpus<string>('blns.json')]

export const fileNames: readonly string[] = corpus<string>('filenames.json')

export interface Utf8Sequence {
  readonly hex: string
  readonly valid: boolean
}

export const utf8Sequences: readonly Utf8Sequence[] = corpus<Utf8Sequence>('utf8-sequences.json')

export interface Sample<T> {
  readonly items: readonly T[]
  /** `40 of 515, seed 3`: for the report of a check. */
  readonly figure: string
}

/** Every nth of them, so that they are at most `count`, from a place that the day decides: over time all are tried, and the seed says which were. With FAULTS=full all of them. */
export function sample<T>(items: readonly T[], count: number): Sample<T> {
  const step = process.env['FAULTS'] === 'full' ? 1 : Math.max(1, Math.ceil(items.length / count))
  const seed = Math.floor(Date.now() / 86_400_000) % step
  const chosen = items.filter((_, index) => index % step === seed)
  return { items: chosen, figure: `${chosen.length} of ${items.length}, seed ${seed}` }
}

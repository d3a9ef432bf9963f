import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { madeRecordings } from './made-recordings.ts'
import { families, type Recording } from './recording.ts'

const shared = new URL('../../../../shared/provider-streams/', import.meta.url)

/** What real providers sent; none where the recordings are not on this machine. */
export const sharedRecordings: readonly Recording[] = families.flatMap((family) => {
  const folder = new URL(`${family}/`, shared)
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.jsonl')) : []
  return files.map((file) => ({ family, name: `${family}/${file}`, lines: linesOf(readFileSync(new URL(file, folder), 'utf8')) }))
})

/** These, and streams made by hand of the kinds of events that they lack. */
export const recordings: readonly Recording[] = [...sharedRecordings, ...madeRecordings]

function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '')
}

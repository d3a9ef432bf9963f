import { readCorpus } from './corpora.ts'

/** What a raw client sends in one go, and how it must end: with one of these close codes, or `echo`: the text was heard and answered. */
export interface FrameCase {
  readonly name: string
  readonly bytes: Buffer
  readonly ends: readonly (number | 'echo')[]
  /** It is only itself where compression was agreed on. */
  readonly compressed: boolean
}

type Listed = readonly [name: string, frames: readonly Buffer[], ends: number | 'echo' | readonly (number | 'echo')[], extension?: string]

/**
 * The list of frames of the collection. It stands in a script that also brings a server, a client and an end of their own: the part that
 * makes the list is taken out and run alone.
 */
export async function frameCases(): Promise<readonly FrameCase[]> {
  const script = readCorpus('ws-frames.mjs') ?? ''
  const makesList = script.slice(script.indexOf('const frame='), script.indexOf('const run='))
  const sequences = JSON.stringify(readCorpus('utf8-sequences.json'))
  const source = `import crypto from 'node:crypto'; import zlib from 'node:zlib'
    const fs = { readFileSync: () => ${sequences} }
    ${makesList.replace('import.meta.url', "'file:///'")}
    export { cases }`
  const { cases } = (await import(`data:text/javascript;base64,${Buffer.from(source).toString('base64')}`)) as { readonly cases: readonly Listed[] }
  return cases.map(([name, frames, ends, extension]) => ({ name, bytes: Buffer.concat(frames), ends: [ends].flat(), compressed: extension === 'deflate' }))
}

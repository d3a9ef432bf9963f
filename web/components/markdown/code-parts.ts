/** Long code is made of parts of some lines each: a part that is finished is never drawn, coloured or laid out again. */
import { colourRuns, type Run } from './colours.ts'

/** Some whole lines of code. */
export interface CodePart {
  readonly lines: number
  readonly runs: readonly Run[]
}

const partLines = 20
/** Where nothing ends for so long, for example a long comment, it is cut all the same. */
const longestPart = 200

/**
 * Cuts behind a line on which no string and no comment is open, so that what follows can be coloured without knowing
 * what came before. The parts together are the code.
 */
export function cutCode(code: string, language: string): readonly CodePart[] {
  const parts: CodePart[] = []
  let runs: Run[] = []
  let lines = 0
  for (const run of colourRuns(code, language)) {
    let from = 0
    for (let end = run.text.indexOf('\n'); end !== -1; end = run.text.indexOf('\n', end + 1)) {
      lines += 1
      if (lines < (run.inner ? longestPart : partLines)) continue
      runs.push({ ...run, text: run.text.slice(from, end + 1) })
      parts.push({ lines, runs })
      runs = []
      lines = 0
      from = end + 1
    }
    if (from < run.text.length) runs.push(from === 0 ? run : { ...run, text: run.text.slice(from) })
  }
  return runs.length === 0 ? parts : [...parts, { lines: code.endsWith('\n') ? lines : lines + 1, runs }]
}

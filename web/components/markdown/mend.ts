/**
 * Half-made Markdown, made whole for the moment: an open `**` is closed, half a link shows its words, and a last line
 * that may become anything ("-", "##", "| a |") waits until it is something. Only the open block is mended, only for show.
 */
import { mathsAt, openDisplay } from './maths-source.ts'
import { longestRun } from './renderer.ts'

/** What a last line may be when nobody can say yet what it starts. */
const undecided = /^\s*(?:[-+*=_#>|~]+|`{1,2}|\d{1,9}[.)]?|\|?[\s:|-]+)\s*$/
const longestUndecided = 200
/** More marks than this are no writing. */
const mostMarks = 50

export function mend(tail: string): string {
  const fence = openFence(tail)
  if (fence !== null) return withoutHalfClose(tail, fence)
  const display = openDisplay(tail)
  if (display !== -1) return tail.slice(0, display)
  return mendMarks(withoutHalfTable(withoutUndecidedLine(tail)), withoutOpenMaths)
}

/** The end of an answer that was cut off: marks are closed as before, but nothing waits any more, so no letter is hidden. */
export function mendCut(tail: string): string {
  return openFence(tail) === null ? mendMarks(tail, (run) => run) : tail
}

/** Closes the marks of the last paragraph, or of the one that is open in the last item. */
function mendMarks(text: string, shorten: (run: string) => string): string {
  let from = text.lastIndexOf('\n') + 1
  // A search that begins before the text finds its first letter again: one line is left then, and it begins at 0.
  while (from > 0 && !startsBlock(text.slice(from, lineEnd(text, from)))) from = from < 2 ? 0 : text.lastIndexOf('\n', from - 2) + 1
  const run = text.slice(from)
  return run.length > longestRun ? text : text.slice(0, from) + mendInline(shorten(run))
}

const lineEnd = (text: string, from: number) => (text.indexOf('\n', from) + 1 || text.length + 1) - 1
const startsBlock = (line: string) => /^[ \t]*(?:[-+*>#|]|\d{1,9}[.)]|$)/.test(line)

/** The marks of the fence that is open at the end, or null. Also inside a list item or a quote, code is code. */
function openFence(text: string): string | null {
  if (!/`{3}|~{3}/.test(text)) return null
  let open: string | null = null
  for (const line of text.split('\n')) {
    if (open === null) open = /^[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[1] ?? null
    else if (closes(line, open)) open = null
  }
  return open
}

function closes(line: string, open: string): boolean {
  const mark = /^[ \t>]*(`{3,}|~{3,})[ \t]*$/.exec(line)?.[1]
  return mark !== undefined && mark[0] === open[0] && mark.length >= open.length
}

/** A last line of fence marks only is the closing fence on its way; the first line of the fence may still grow. */
function withoutHalfClose(tail: string, open: string): string {
  const from = tail.lastIndexOf('\n') + 1
  const line = tail.slice(from)
  const half = line.replace(/^[ \t>]+/, '')
  if (half !== '' && half.length < open.length && [...half].every((mark) => mark === open[0])) return tail.slice(0, from)
  return openFence(tail.slice(0, from)) === null ? tail.slice(0, from) : tail
}

function withoutUndecidedLine(text: string): string {
  const from = text.lastIndexOf('\n') + 1
  return text.length - from < longestUndecided && undecided.test(text.slice(from)) ? text.slice(0, from) : text
}

/** A table is shown with its first row: so its columns are as wide from the start as they will stay. */
function withoutHalfTable(text: string): string {
  const [head = '', second, third, ...more] = text.split('\n', 4)
  if (!head.trimStart().startsWith('|') || more.length > 0) return text
  if (second === undefined) return ''
  if (third === undefined) return /^[\s|:-]*$/.test(second) ? '' : text
  return /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(second) ? '' : text
}

/** Half a formula is not shown. */
function withoutOpenMaths(run: string): string {
  let at = 0
  while (at < run.length) {
    const maths = mathsAt(run, at)
    if (maths === 'open') return run.slice(0, at)
    if (maths !== null) at = maths.end
    else if (run[at] === '`') at = codeEnd(run, at)
    else at += run[at] === '\\' ? 2 : 1
  }
  return run
}

function codeEnd(text: string, at: number): number {
  const marks = /^`+/.exec(text.slice(at))![0]
  const close = closingRun(text, at + marks.length, marks)
  return close === -1 ? text.length : close + marks.length
}

/** Closes what is open at the end of one run of text. */
export function mendInline(text: string): string {
  const { source, open } = openMarks(withoutHalfLink(text))
  if (open.length > mostMarks) return text
  const bare = source.trimEnd()
  const spaces = source.slice(bare.length)
  return open.reduceRight((mended, mark) => (mended.endsWith(mark) ? mended.slice(0, -mark.length).trimEnd() : mended + mark), bare) + spaces
}

/** `[words](htt` and `[words` show words; half an image shows nothing. */
function withoutHalfLink(text: string): string {
  const half = /(!?)\[([^[\]\n]*)(?:\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+"[^"]*"?)?|\]?)$/.exec(text)
  if (half === null) return text
  return text.slice(0, half.index) + (half[1] === '!' ? '' : half[2]!)
}

const marks = ['***', '**', '__', '~~', '*', '_'] as const

interface OpenMarks {
  readonly source: string
  /** The marks without their other half, outermost first. */
  readonly open: readonly string[]
}

function openMarks(text: string): OpenMarks {
  const open: string[] = []
  let at = 0
  while (at < text.length) {
    const maths = mathsAt(text, at)
    if (text[at] === '\\' || (maths !== null && maths !== 'open')) {
      at = maths !== null && maths !== 'open' ? maths.end : at + 2
      continue
    }
    if (text[at] === '`') {
      const run = /^`+/.exec(text.slice(at))![0]
      const close = closingRun(text, at + run.length, run)
      // Nothing inside code is a mark, so unclosed code is the innermost of all.
      if (close === -1) return { source: withoutLastRun(text, at, run), open: at + run.length >= text.length ? open : [...open, run] }
      at = close + run.length
      continue
    }
    const mark = marks.find((candidate) => text.startsWith(candidate, at))
    if (mark !== undefined) takeMark(open, mark, text[at - 1] ?? ' ', text[at + mark.length])
    at += mark?.length ?? 1
  }
  return withoutPartialClose(text, open)
}

/** Code whose mark has nothing behind it yet shows nothing; a half-typed closing run is left out. */
function withoutLastRun(text: string, at: number, run: string): string {
  if (at + run.length >= text.length) return text.slice(0, at)
  return text.replace(/`+$/, '')
}

function closingRun(text: string, from: number, run: string): number {
  for (let at = text.indexOf(run, from); at !== -1; ) {
    const end = at + /^`+/.exec(text.slice(at))![0].length
    if (end - at === run.length) return at
    at = text.indexOf(run, end)
  }
  return -1
}

function takeMark(open: string[], mark: string, before: string, after: string | undefined): void {
  const inWord = mark.startsWith('_') && /\w/.test(before) && after !== undefined && /\w/.test(after)
  if (inWord) return
  if (open.at(-1) === mark && !/\s/.test(before)) open.pop()
  else if (after === undefined || !/\s/.test(after)) open.push(mark)
}

/** In `**bold*` the last star is half of what closes, not a mark of its own. */
function withoutPartialClose(text: string, open: readonly string[]): OpenMarks {
  const last = open.at(-1)
  if (last === undefined || !text.endsWith(last)) return { source: text, open }
  return { source: text.slice(0, -last.length), open: open.slice(0, -1) }
}

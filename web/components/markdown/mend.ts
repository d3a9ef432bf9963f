/**
 * Half-made Markdown, made whole for the moment: an open `**` is closed, half a link shows its words, and a last line
 * that may become anything ("-", "##", "| a |") waits until it is something. Only the open block is mended, only for show.
 */

/** What a last line may be when nobody can say yet what it starts. */
const undecided = /^\s*(?:[-+*=_#>|~]+|`{1,2}|(?:`{3,}|~{3,})[^\n`]*|\d{1,9}[.)]?|\|?[\s:|-]+)\s*$/

export function mend(tail: string): string {
  return insideFence(tail) ? tail : mendMarks(withoutHalfTable(withoutUndecidedLine(tail)))
}

/** The end of an answer that was cut off: marks are closed as before, but nothing waits any more, so no letter is hidden. */
export function mendCut(tail: string): string {
  return insideFence(tail) ? tail : mendMarks(tail)
}

function mendMarks(waiting: string): string {
  const from = waiting.search(/(?:^|\n)[^\n]*(?:\n(?!\s*(?:[-+*>#|]|\d{1,9}[.)]|\n))[^\n]*)*$/)
  return from <= 0 ? mendInline(waiting) : waiting.slice(0, from) + mendInline(waiting.slice(from))
}

/** Also inside a list item or a quote, code is code: nothing in it is a mark. */
function insideFence(text: string): boolean {
  const fences = text.match(/^[\s>]*(?:(?:[-+*]|\d{1,9}[.)])\s+)?(?:`{3,}|~{3,})[^\n`]*\n/gm) ?? []
  return fences.length % 2 === 1
}

function withoutUndecidedLine(text: string): string {
  const from = text.lastIndexOf('\n') + 1
  return undecided.test(text.slice(from)) ? text.slice(0, from) : text
}

/** A head row is shown once the row of dashes says that it is one. */
function withoutHalfTable(text: string): string {
  const lines = text.trimEnd().split('\n')
  const head = lines.length <= 2 && (lines[0] ?? '').trimStart().startsWith('|')
  const decided = lines.length === 2 && /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)+\|?\s*$/.test(lines[1]!)
  return head && !decided ? '' : text
}

/** Closes what is open at the end of one run of text. */
export function mendInline(text: string): string {
  const { source, open } = openMarks(withoutHalfLink(text))
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
    if (text[at] === '\\') {
      at += 2
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

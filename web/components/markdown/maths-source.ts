/** Where formulas stand in Markdown: `$…$` and `\(…\)` in a line, `$$…$$` and `\[…\]` by themselves. A price is no formula. */

export interface Maths {
  readonly source: string
  /** Set on lines of its own. */
  readonly display: boolean
  /** Behind the closing mark. */
  readonly end: number
}

/** Longer formulas stay text. */
export const longestMaths = 2000

interface Marks {
  readonly open: string
  readonly close: string
  readonly display: boolean
}

const marks: readonly Marks[] = [
  { open: '$$', close: '$$', display: true },
  { open: '\\[', close: '\\]', display: true },
  { open: '\\(', close: '\\)', display: false },
]

/** The formula that begins at `at`; `open` when its end may be still to come; null when none begins there. */
export function mathsAt(text: string, at: number): Maths | 'open' | null {
  if (text[at] !== '$' && text[at] !== '\\') return null
  const mark = marks.find(({ open }) => text.startsWith(open, at))
  if (mark === undefined) return text[at] === '$' ? dollarsAt(text, at) : null
  const from = at + mark.open.length
  const within = text.slice(from, from + longestMaths)
  const close = within.indexOf(mark.close)
  if (close === -1) return within.length < longestMaths && !/\n[ \t]*\n/.test(within) ? 'open' : null
  const source = within.slice(0, close)
  return source.trim() === '' ? null : { source, display: mark.display, end: from + close + mark.close.length }
}

/**
 * Single dollars are marks when no space stands inside them and no digit behind them, after Pandoc. What begins like an
 * amount is one, unless it holds what only formulas have.
 */
function dollarsAt(text: string, at: number): Maths | 'open' | null {
  if (/[\p{L}\p{N}$]/u.test(text[at - 1] ?? ' ')) return null
  const rest = text.slice(at + 1, at + 1 + longestMaths)
  if (/^[\s$]/.test(rest)) return null
  const close = /(?<!\\)\$/.exec(rest)?.index ?? -1
  if (close === -1) return rest.length < longestMaths && mayBecomeMaths(rest) ? 'open' : null
  const source = rest.slice(0, close)
  if (/\s$/.test(source) || /^\d/.test(rest.slice(close + 1)) || /\n\s*\n/.test(source)) return null
  if (/^\d/.test(source) && /\s/.test(source) && !/[\\^_{}=+*<>]/.test(source)) return null
  return { source, display: false, end: at + close + 2 }
}

/** `$5` may still become anything; `$5 a` and `$HOME is` will not. */
function mayBecomeMaths(rest: string): boolean {
  if (/\n[ \t]*\n/.test(rest)) return false
  if (/[\\^_{]/.test(rest.slice(0, 40))) return true
  if (/^\d/.test(rest)) return /^\d[\d.,]*(?:[a-zA-Z](?![a-zA-Z])[^\s]*)?$/.test(rest) && !/[kKmMbB]$/.test(rest)
  return !/^[\p{L}]{3}/u.test(rest) && rest.length < 40
}

const displayStart = /^[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*(\$\$|\\\[)/

/** Where the line begins on which a formula of its own opens that is not closed yet; -1 when there is none. */
export function openDisplay(text: string): number {
  if (!text.includes('$$') && !text.includes('\\[')) return -1
  let at = 0
  let open: { readonly from: number; readonly close: string } | null = null
  for (const line of text.split('\n')) {
    const start: string | undefined = open === null ? displayStart.exec(line)?.[1] : undefined
    if (start !== undefined) {
      const close: string = start === '$$' ? '$$' : '\\]'
      if (!line.slice(line.indexOf(start) + 2).includes(close)) open = { from: at, close }
    } else if (open !== null && line.includes(open.close)) open = null
    if (open !== null && at - open.from > longestMaths) return -1
    at += line.length + 1
  }
  return open?.from ?? -1
}

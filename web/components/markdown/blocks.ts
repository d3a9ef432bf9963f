/**
 * Cuts growing Markdown into blocks that are finished and the one at the end that is still open. A finished block never
 * changes again, so it is drawn once; only the open one is drawn anew while text arrives.
 */
import { markdown } from './renderer.ts'

export interface Blocks {
  /** Finished since the last cut, in order. */
  readonly closed: readonly string[]
  /** The open block, and nothing of the closed ones. */
  readonly tail: string
}

/**
 * A block is finished once another one begins on a whole line below it: only then can no lazy line, underline or list
 * item extend it. Where blocks begin is the parser's own judgement, so lists with blank lines and fences stay whole.
 */
export function cutBlocks(text: string): Blocks {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole === '' || openFence(text) !== null) return { closed: [], tail: text }
  const starts = blockStarts(whole)
  if (starts.length < 2) return { closed: [], tail: text }
  const offsets = lineOffsets(whole)
  const cuts = starts.map((line) => offsets[line]!)
  return { closed: cuts.slice(0, -1).map((from, index) => text.slice(index === 0 ? 0 : from, cuts[index + 1]!)), tail: text.slice(cuts.at(-1)!) }
}

/** The first lines of the top-level blocks. */
function blockStarts(text: string): readonly number[] {
  const tokens: ReturnType<typeof markdown.parse> = []
  markdown.block.parse(text, markdown, {}, tokens)
  return tokens.filter((token) => token.level === 0 && token.nesting >= 0 && token.map !== null).map((token) => token.map![0])
}

function lineOffsets(text: string): readonly number[] {
  const offsets = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) offsets.push(at + 1)
  return offsets
}

export interface OpenFence {
  readonly language: string
  readonly code: string
}

const fenceStart = /^ {0,3}(`{3,}|~{3,})([^\n]*)\n/

/** The text as an unclosed code fence, or null when it is anything else. The cheap path for long code. */
export function openFence(text: string): OpenFence | null {
  const start = fenceStart.exec(text)
  if (start === null || (start[1]!.startsWith('`') && start[2]!.includes('`'))) return null
  const code = text.slice(start[0].length)
  const mark = start[1]!
  const close = new RegExp(`(^|\\n) {0,3}${mark[0] === '`' ? '`' : '~'}{${mark.length},}[ \\t]*(\\n|$)`)
  if (close.test(code)) return null
  return { language: languageOf(start[2]!), code: withoutHalfClose(code, mark[0]!) }
}

export function languageOf(info: string): string {
  return info.trim().split(/\s+/, 1)[0] ?? ''
}

/** A last line of fence marks only is the closing fence on its way. */
function withoutHalfClose(code: string, mark: string): string {
  const line = code.slice(code.lastIndexOf('\n') + 1)
  const half = line.trim() !== '' && [...line.trim()].every((character) => character === mark)
  return half ? code.slice(0, code.length - line.length) : code
}

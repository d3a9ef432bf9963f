/**
 * A growing answer is open at its end only: the last block, in it the last item, in that the last paragraph. What stands
 * before the end of this path is finished. It is drawn once, then its lines leave the text that is parsed, and what is
 * left of each block on the path is the lines that open it: parsed again, they make the same path.
 */
import type { Block } from './block-tree.ts'

/** What of a block on the path is not to be drawn again. */
export interface Level {
  /** Children whose lines had to stay, because they open the path too: parsed again, not drawn again. 0 or 1. */
  readonly kept: number
  /** Children after those whose lines are gone. */
  readonly settled: number
}

export interface Settled {
  /** The text without the lines of what is finished. */
  readonly text: string
  /** Outermost blocks that are finished. */
  readonly blocks: number
  /** From the outermost block of the path inwards. */
  readonly levels: readonly Level[]
}

interface Removal {
  readonly from: number
  readonly to: number
  /** An empty line stays, so that what follows does not become part of the paragraph before. */
  readonly gap: boolean
}

const untouched: Level = { kept: 0, settled: 0 }
/** So many lines of link definitions may wait behind the last block for a title on the next line. */
const waitingDefinitions = 3

/** Takes out of whole lines all that is finished. `levels` is what an earlier call left of the path that `text` begins with. */
export function settle(text: string, blocks: readonly Block[], levels: readonly Level[]): Settled {
  const lines = text.split('\n')
  const last = blocks.at(-1)
  const behind = lines.slice(last?.to ?? 0, -1)
  if (behind.length > waitingDefinitions && behind.some((line) => line.trim() !== '')) {
    return { text: lines.slice(-waitingDefinitions - 1).join('\n'), blocks: blocks.length, levels: [] }
  }
  if (last === undefined) return { text, blocks: 0, levels }
  const removals: Removal[] = blocks.length > 1 ? [{ from: 0, to: last.from, gap: false }] : []
  const inner = settlePath(lines, last, blocks.length > 1 ? [] : levels, removals)
  return { text: without(lines, removals), blocks: blocks.length - 1, levels: inner }
}

/** Walks inwards along the last children and notes the lines that may go. */
function settlePath(lines: readonly string[], outermost: Block, levels: readonly Level[], removals: Removal[]): readonly Level[] {
  const settled: Level[] = []
  let held = levels
  let opened = -1
  let quoted = false
  for (let block: Block | undefined = outermost; block !== undefined && block.children.length > 0; block = block.children.at(-1)) {
    const { kept, settled: before } = held[0] ?? untouched
    if (block.opening > 0) opened = Math.max(opened, block.from + block.opening - 1)
    quoted ||= block.kind === 'quote'
    const finished = block.children.slice(0, -1)
    const first = finished.findIndex((child) => child.from > opened)
    const gone = first === -1 ? [] : finished.slice(first)
    const gap = gone.length > 0 && needsGap(lines, gone[0]!, outermost, block)
    // A line that leaves an empty one behind would end the quote: then all stays as it is, from here inwards.
    if (gap && quoted) return [...settled, ...held]
    if (gone.length > 0) removals.push({ from: gone[0]!.from, to: block.children.at(-1)!.from, gap })
    settled.push({ kept: finished.length - gone.length, settled: before + gone.length })
    held = block.children.length - 1 === kept ? held.slice(1) : []
  }
  return settled
}

/** Whether the line before could swallow what comes to stand behind it. Behind a mere mark of a list it must not be empty. */
function needsGap(lines: readonly string[], gone: Block, outermost: Block, parent: Block): boolean {
  if (gone.from <= outermost.from || parent.kind === 'table' || parent.kind === 'code') return false
  const before = lines[gone.from - 1]!
  return before.trim() !== '' && !/^[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]*)+$/.test(before)
}

function without(lines: readonly string[], removals: readonly Removal[]): string {
  const left: (readonly string[])[] = []
  let at = 0
  for (const { from, to, gap } of removals) {
    left.push(lines.slice(at, from), gap ? [''] : [])
    at = to
  }
  return [...left, lines.slice(at)].flat().join('\n')
}

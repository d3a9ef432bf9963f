/** The stretch of a text that shows best why it was found, with the places to mark. Plain text and numbers: markup is the page's. */
import type { QueryWord } from './query-words.ts'
import { tokenize } from './tokenize.ts'

export interface Snippet {
  readonly text: string
  /** What to mark: begin and end in UTF-16 units of `text`, rising, never overlapping. */
  readonly ranges: readonly (readonly [start: number, end: number])[]
}

interface Found {
  readonly start: number
  readonly end: number
  readonly word: number
}

/** A word repeated for pages adds nothing. */
const mostFound = 1000
/** How far a cut moves to fall between two words: this many characters, or this share of the stretch. */
const mostMoved = 24
const mostMovedShare = 1 / 4

/**
 * About `characters` of the text, cut between words, with … where it is cut: the stretch in which the most of the question
 * stands, the first of equally good ones. `worth` tells what each word counts; without it all count the same. `oneLine`: line
 * ends become spaces.
 */
export function snippetOf(
  text: string,
  words: readonly QueryWord[],
  options: { readonly characters: number; readonly worth?: readonly number[]; readonly oneLine?: boolean },
): Snippet {
  const found = findWords(text, words)
  const [from, to] = stretch(text, found, words.map((_, n) => options.worth?.[n] ?? 1), options.characters)
  const [before, after] = [from > 0 ? '…' : '', to < text.length ? '…' : '']
  const shown = text.slice(from, to)
  const inside = found.filter(({ start, end }) => start < to && end > from)
  return {
    text: before + (options.oneLine ? shown.replaceAll(/\s/g, ' ') : shown) + after,
    ranges: withoutOverlap(inside.map(({ start, end }) => [Math.max(start, from) - from + before.length, Math.min(end, to) - from + before.length])),
  }
}

function findWords(text: string, words: readonly QueryWord[]): readonly Found[] {
  const places = new Map(words.flatMap(({ lexemes }, word) => lexemes.map((lexeme) => [lexeme, word] as const)))
  const found: Found[] = []
  for (const { start, end, lexemes } of tokenize(text)) {
    const lexeme = lexemes.find((one) => places.has(one))
    if (lexeme !== undefined) found.push({ start, end, word: places.get(lexeme)! })
    if (found.length >= mostFound) break
  }
  return found.sort((a, b) => a.start - b.start)
}

/** Where the stretch begins and ends. White space at the text's ends is not shown. */
function stretch(text: string, found: readonly Found[], worth: readonly number[], characters: number): readonly [number, number] {
  const first = text.length - text.trimStart().length
  const last = text.trimEnd().length
  if (last - first <= characters) return [first, Math.max(first, last)]
  const moved = Math.min(mostMoved, Math.floor(characters * mostMovedShare))
  const start = Math.max(first, Math.min(bestStart(found, worth, characters) - Math.floor(characters / 8), last - characters))
  const from = start === first ? first : wordStart(text, start, moved)
  const end = from + characters
  return [from, end >= last ? last : wordEnd(text, end, moved)]
}

/** Two fingers over the words found: the stretch from one of them whose words are worth the most together. */
function bestStart(found: readonly Found[], worth: readonly number[], characters: number): number {
  const counts = new Map<number, number>()
  let [end, sum, best, bestSum] = [0, 0, 0, 0]
  for (const [n, first] of found.entries()) {
    for (; end < found.length && (end <= n || found[end]!.end <= first.start + characters * 0.8); end++) {
      const { word } = found[end]!
      if (!counts.get(word)) sum += worth[word]!
      counts.set(word, (counts.get(word) ?? 0) + 1)
    }
    if (sum > bestSum * (1 + 1e-9)) [best, bestSum] = [first.start, sum]
    const left = counts.get(first.word)! - 1
    counts.set(first.word, left)
    if (left === 0) sum -= worth[first.word]!
  }
  return best
}

function wordStart(text: string, place: number, moved: number): number {
  for (let at = place; at < place + moved; at++) if (isSpace(text, at) && !isSpace(text, at + 1)) return at + 1
  return wholeCharacter(text, place)
}

function wordEnd(text: string, place: number, moved: number): number {
  for (let at = place; at > place - moved; at--) if (isSpace(text, at)) return at
  return wholeCharacter(text, place)
}

const isSpace = (text: string, at: number) => text.charAt(at).trim() === ''

function wholeCharacter(text: string, place: number): number {
  const unit = text.charCodeAt(place)
  return unit >= 0xdc00 && unit <= 0xdfff ? place + 1 : place
}

/** Compounds cover their words, and pairs of signs each other: what touches is one. */
function withoutOverlap(ranges: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const merged: [number, number][] = []
  for (const [start, end] of ranges.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = merged.at(-1)
    if (last && start < last[1]) last[1] = Math.max(last[1], end)
    else merged.push([start, end])
  }
  return merged
}

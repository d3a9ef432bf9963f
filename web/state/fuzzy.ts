/** Finds a text by some of its letters: a stretch of it, the beginnings of its words, or letters in their order. */

export interface Match {
  /** Higher fits better. */
  readonly score: number
  /** What to mark: begin and end in UTF-16 units, rising. */
  readonly ranges: readonly (readonly [number, number])[]
}

/** Case and accents do not count. Every word of the question must be found; an empty one fits everything alike. */
export function fuzzyMatch(question: string, text: string): Match | null {
  const letters = fold(text)
  const whole = place(fold(question.trim()), letters)
  if (whole !== null) return whole
  const words = question.trim().split(/\s+/).map((word) => place(fold(word), letters))
  if (words.length < 2 || words.some((word) => word === null)) return null
  const ranges = words.flatMap((word) => word!.ranges).toSorted(([a], [b]) => a - b)
  return { score: Math.min(...words.map((word) => word!.score)) - 1, ranges: joined(ranges) }
}

interface Letter {
  readonly letter: string
  readonly start: number
  readonly end: number
  readonly beginsWord: boolean
}

function fold(text: string): readonly Letter[] {
  let start = 0
  let before = ' '
  return Array.from(text, (letter) => {
    const folded = { letter: letter.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase(), start, end: start + letter.length, beginsWord: !/[\p{L}\p{N}]/u.test(before) }
    start += letter.length
    before = letter
    return folded
  })
}

const scores = { begins: 40, beginsWord: 30, inside: 20, scattered: 10 }

function place(question: readonly Letter[], text: readonly Letter[]): Match | null {
  if (question.length === 0) return { score: 0, ranges: [] }
  const fits = (at: number) => question.every(({ letter }, index) => text[at + index]?.letter === letter)
  const starts = text.flatMap((_, at) => (fits(at) ? [at] : []))
  const best = starts.find((at) => text[at]!.beginsWord) ?? starts[0]
  if (best === undefined) return scatter(question, text)
  const score = best === 0 ? scores.begins : text[best]!.beginsWord ? scores.beginsWord : scores.inside
  return { score, ranges: [[text[best]!.start, text[best + question.length - 1]!.end]] }
}

/** Letters in their order, the first at the beginning of a word; each run of them either goes on or begins another word. */
function scatter(question: readonly Letter[], text: readonly Letter[]): Match | null {
  const ranges: (readonly [number, number])[] = []
  let at = 0
  for (const { letter } of question) {
    const goesOn = ranges.length > 0 && text[at]?.letter === letter
    const next = goesOn ? at : text.findIndex((candidate, index) => index >= at && candidate.beginsWord && candidate.letter === letter)
    if (next < 0) return null
    ranges.push([text[next]!.start, text[next]!.end])
    at = next + 1
  }
  return { score: scores.scattered, ranges: joined(ranges) }
}

/** Neighbours become one range. */
function joined(ranges: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const result: [number, number][] = []
  for (const [from, to] of ranges) {
    const last = result.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to)
    else result.push([from, to])
  }
  return result
}

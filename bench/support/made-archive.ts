/** Text as if people had written it: few words make up most of it, and most words are rare (Zipf). The same for the same seed. */
export interface Writer {
  /** So many words. */
  write(words: number): string
  /** A whole number below `below`. */
  below(below: number): number
}

const vocabularySize = 30_000
const smallWords = 'the of and to a in is that it for was on with he be by at you are not this but had they his from she or have which as we an were'.split(' ')
const [begins, middles, ends] = [
  'b br c ch d dr f fl g gr h j k l m n p pl qu r s st t tr v w'.split(' '), 'a e i o u ai ea ou'.split(' '), 'b ck d g l ll m n nd p r rt s st t x'.split(' '),
]

const vocabulary = makeVocabulary()
const cumulative = makeCumulative()

export function writer(seed: number): Writer {
  const random = chance(seed)
  const word = () => vocabulary[rankOf(random() * cumulative.at(-1)!)]!
  return { write: (words) => Array.from({ length: words }, word).join(' '), below: (below) => Math.floor(random() * below) }
}

export function isSmallWord(word: string): boolean {
  return smallWords.includes(word)
}

function makeVocabulary(): readonly string[] {
  const random = chance(7)
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)]!
  const words = new Set(smallWords)
  while (words.size < vocabularySize) {
    const syllables = 1 + Math.floor(random() * 3)
    words.add(Array.from({ length: syllables }, () => pick(begins) + pick(middles)).join('') + pick(ends))
  }
  return [...words]
}

function makeCumulative(): Float64Array {
  let sum = 0
  return Float64Array.from(vocabulary, (_, rank) => (sum += 1 / (rank + 2)))
}

function rankOf(place: number): number {
  let [low, high] = [0, cumulative.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (cumulative[middle]! < place) low = middle + 1
    else high = middle
  }
  return low
}

/** mulberry32, Tommy Ettinger. */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

import { stemEnglish } from './stem-english.ts'
import { stemFrench } from './stem-french.ts'

/** A longer word is cut here: nobody types more of it, and what is longer is no word. */
const mostLetters = 40
const leastLetters = 3
/** Words whose lexemes are kept at hand. The few thousand most used make up nearly all of a text. */
const mostKept = 20_000
const kept = new Map<string, readonly string[]>()

/**
 * What a folded word is found by: its English and its French stem, which are often one, so that no language needs to be
 * guessed. Words of other letters than a to z are their own lexemes, and so is a word whose stem would be shorter than three
 * letters: `été` must not be found by `et`.
 */
export function lexemesOf(folded: string): readonly string[] {
  let lexemes = kept.get(folded)
  if (!lexemes) {
    lexemes = makeLexemes(folded)
    if (kept.size >= mostKept) kept.clear()
    kept.set(folded, lexemes)
  }
  return lexemes
}

function makeLexemes(folded: string): readonly string[] {
  if (folded.length > mostLetters) return [folded.slice(0, mostLetters).replace(/[\ud800-\udbff]$/, '')]
  if (!/^[a-z]{3,}$/.test(folded)) return [folded]
  const stems = [stemEnglish(folded), stemFrench(folded)].map((stem) => (stem.length < leastLetters ? folded : stem))
  return [...new Set(stems)]
}

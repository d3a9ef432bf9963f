import { isStopWord } from './stop-words.ts'
import { tokenize } from './tokenize.ts'

/** A word that is asked for: it stands wherever one of its lexemes does. */
export interface QueryWord {
  readonly folded: string
  readonly lexemes: readonly string[]
}

/** More lexemes are not looked up: the first that say something count. */
export const mostQueryLexemes = 32
/** A longer text is a text, not a question: its beginning counts. */
const mostCharacters = 4000

/** The words a question is about, each once and in order; the small words only where there are no others, and they are wanted. */
export function queryWords(text: string, { smallWords = true }: { readonly smallWords?: boolean } = {}): readonly QueryWord[] {
  const words = new Map<string, QueryWord>()
  for (const { folded, lexemes } of tokenize(text.slice(0, mostCharacters), false)) {
    const key = lexemes.join(' ')
    if (!words.has(key)) words.set(key, { folded, lexemes })
  }
  const telling = [...words.values()].filter((word) => !isStopWord(word.folded))
  return firstLexemes(telling.length > 0 || !smallWords ? telling : [...words.values()])
}

function firstLexemes(words: readonly QueryWord[]): readonly QueryWord[] {
  let count = 0
  const end = words.findIndex((word) => (count += word.lexemes.length) > mostQueryLexemes)
  return end < 0 ? words : words.slice(0, end)
}

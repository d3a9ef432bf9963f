/**
 * A document's lexemes with how often it holds each, as one text: a line `lexeme<tab>count` each. It is kept until the document
 * is merged into the postings; until then it is searched as it is.
 */
import { mostFrequency } from './postings.ts'
import { tokenize } from './tokenize.ts'

export interface DocumentTerms {
  /** Begins and ends with a line feed; empty where there is no word. */
  readonly terms: string
  /** Words, compounds not counted twice. */
  readonly length: number
}

export function documentTerms(text: string): DocumentTerms {
  const counts = new Map<string, number>()
  let length = 0
  for (const { lexemes, joined } of tokenize(text)) {
    for (const lexeme of lexemes) counts.set(lexeme, (counts.get(lexeme) ?? 0) + 1)
    if (!joined) length += 1
  }
  if (counts.size === 0) return { terms: '', length }
  const lines = [...counts].map(([lexeme, count]) => `${lexeme}\t${Math.min(count, mostFrequency)}`)
  return { terms: `\n${lines.join('\n')}\n`, length }
}

/** How often the lexeme stands in a document; 0 where it does not. */
export function countOf(terms: string, lexeme: string): number {
  const line = `\n${lexeme}\t`
  const at = terms.indexOf(line)
  return at < 0 ? 0 : Number.parseInt(terms.slice(at + line.length, at + line.length + 4), 10)
}

/** Every lexeme of a document that begins so. */
export function* lexemesBeginning(terms: string, beginning: string): Generator<string> {
  const line = `\n${beginning}`
  for (let at = terms.indexOf(line); at >= 0; at = terms.indexOf(line, at + 1)) yield terms.slice(at + 1, terms.indexOf('\t', at))
}

export function* readTerms(terms: string): Generator<readonly [lexeme: string, count: number]> {
  for (const line of terms.split('\n')) {
    const tab = line.indexOf('\t')
    if (tab > 0) yield [line.slice(0, tab), Number(line.slice(tab + 1))]
  }
}

/**
 * A run is what stands together without a space: `l’arc-en-ciel`, `getUserById`, `week-end`, `東京タワー`. It is split into the words
 * somebody may search for.
 */

/** A piece of a text by its place, in UTF-16 units. `joined`: several words taken as one, such as `weekend` for `week-end`. */
export interface Piece {
  readonly start: number
  readonly end: number
  readonly text: string
  readonly joined?: boolean
}

/** More words, or more letters, are no compound that anybody writes as one. */
const mostJoinedWords = 4
const mostJoinedLetters = 40

/** French words that lose their vowel before another word (Grevisse, Le bon usage, § 45). */
const elided = new Set(['l', 'd', 'j', 'm', 't', 's', 'n', 'c', 'qu', 'jusqu', 'lorsqu', 'puisqu', 'quoiqu', 'presqu', 'quelqu'])
/** What English appends: possessives and short forms of verbs. */
const englishEndings = new Set(['s', 're', 've', 'll', 'd', 'm'])
const oneWord = /^(aujourd.hui|[a-z]+n.t)$/i

const apostrophe = /['’ʼ＇]/
const caseChange = /(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u

export function splitRun(run: string, start: number): readonly Piece[] {
  const whole = { start, end: start + run.length, text: run }
  if (/^[a-z]+$/.test(run)) return [whole]
  if (/^\p{N}+([.,\u00a0\u202f]\p{N}+)+$/u.test(run)) return [{ ...whole, text: plainNumber(run) }]
  const words = cut(whole, /[_‐‑-]/).flatMap(splitApostrophes).flatMap((piece) => cut(piece, caseChange))
  return words.length > 1 ? [...words, ...joinedWord(whole, words)] : words
}

/** Thousands lose their separator, decimals get a point: 18,400 is 18400; 3,5 is 3.5. */
function plainNumber(run: string): string {
  return /^\p{N}{1,3}([,\u00a0\u202f]\p{N}{3})+$/u.test(run) ? run.replaceAll(/[^\p{N}]/gu, '') : run.replaceAll(/[,\u00a0\u202f]/g, '.')
}

function joinedWord(whole: Piece, words: readonly Piece[]): readonly Piece[] {
  const text = words.map((word) => word.text).join('')
  return words.length > mostJoinedWords || text.length > mostJoinedLetters ? [] : [{ ...whole, text, joined: true }]
}

/** `l’été` is été, `John’s` is John, `don’t` is dont; `O’Brien` is O and Brien, which are joined later. */
function splitApostrophes(piece: Piece): readonly Piece[] {
  const at = piece.text.search(apostrophe)
  if (at < 0) return [piece]
  if (oneWord.test(piece.text)) return [{ ...piece, text: piece.text.replace(apostrophe, '') }]
  const [head, tail] = [piece.text.slice(0, at), piece.text.slice(at + 1)]
  const rest = { start: piece.start + at + 1, end: piece.end, text: tail }
  if (elided.has(head.toLowerCase())) return splitApostrophes(rest)
  const first = { start: piece.start, end: piece.start + at, text: head }
  return englishEndings.has(tail.toLowerCase()) ? [first] : [first, ...splitApostrophes(rest)]
}

function cut(piece: Piece, between: RegExp): readonly Piece[] {
  if (!between.test(piece.text)) return [piece]
  let from = 0
  return piece.text.split(between).flatMap((text) => {
    const start = piece.text.indexOf(text, from)
    from = start + text.length
    return text === '' ? [] : [{ start: piece.start + start, end: piece.start + from, text }]
  })
}

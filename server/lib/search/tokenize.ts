/**
 * From text to what it can be found by. One tokeniser serves what is indexed, what is asked, and what is highlighted, on
 * every engine.
 */
import { foldWord } from './fold-word.ts'
import { lexemesOf } from './lexemes-of.ts'
import { splitRun, type Piece } from './split-run.ts'

/** A word of a text: where it stands, in UTF-16 units of the text as it was given, and what it is found by. */
export interface Token {
  readonly start: number
  readonly end: number
  readonly folded: string
  readonly lexemes: readonly string[]
  /** Several words taken as one, besides themselves: they do not count for the text's length. */
  readonly joined: boolean
}

/** C++, C# and F#; runs of letters and digits with what may stand inside a word, eight pieces at most; flags; pictures. */
const runs =
  /(?<![\p{L}\p{N}])(?:[cC]\+\+|[cCfF]#)(?![\p{L}\p{N}])|[\p{L}\p{M}\p{N}]+(?:(?:['’ʼ＇_‐‑-]|(?<=\p{N})[.,\u00a0\u202f](?=\p{N}))[\p{L}\p{M}\p{N}]+){0,7}|\p{RI}\p{RI}|\p{Extended_Pictographic}/gu

/** Scripts that put no space between words. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/gu
/** From Thai on: whatever may hold such a script. */
const beyondLatin = /[\u0e00-\uffff]/

/** Every word in order. `endings`: whether the last sign of an unspaced run stands for itself too, so that it is found alone. */
export function* tokenize(text: string, endings = true): Generator<Token> {
  for (const found of text.matchAll(runs)) {
    const run = found[0]
    if (/[+#]$/.test(run)) yield tokenOf({ start: found.index, end: found.index + run.length, text: run }, run.toLowerCase())
    else for (const piece of splitRun(run, found.index)) yield* wordsOf(piece, endings)
  }
}

function* wordsOf(piece: Piece, endings: boolean): Generator<Token> {
  if (!beyondLatin.test(piece.text)) return yield* folded(piece)
  if (piece.joined) return
  let from = 0
  for (const found of piece.text.matchAll(unspaced)) {
    yield* folded(pieceOf(piece, from, found.index))
    from = found.index + found[0].length
    yield* bigrams(pieceOf(piece, found.index, from), endings)
  }
  yield* folded(pieceOf(piece, from, piece.text.length))
}

const pieceOf = (piece: Piece, from: number, to: number): Piece => ({ start: piece.start + from, end: piece.start + to, text: piece.text.slice(from, to) })

function* folded(piece: Piece): Generator<Token> {
  // A number's point is part of it; folding keeps letters and digits only.
  const word = /^[\d.]+$/.test(piece.text) ? piece.text : /^\p{Extended_Pictographic}|^\p{RI}/u.test(piece.text) ? piece.text : foldWord(piece.text)
  if (word !== '') yield tokenOf(piece, word)
}

/** Every two neighbouring signs, and the last one. Where folding changes their number, each has the place of the whole run. */
function* bigrams(piece: Piece, endings: boolean): Generator<Token> {
  const signs = [...foldWord(piece.text)]
  const placed = signs.join('').length === piece.text.length
  let at = 0
  for (const [n, sign] of signs.entries()) {
    const next = signs[n + 1]
    const text = sign + (next ?? '')
    const place = placed ? { start: piece.start + at, end: piece.start + at + text.length } : piece
    if (next !== undefined || endings || n === 0) yield tokenOf({ ...place, text }, text, next === undefined && n > 0)
    at += sign.length
  }
}

function tokenOf(piece: Piece, word: string, extra = false): Token {
  return { start: piece.start, end: piece.end, folded: word, lexemes: lexemesOf(word), joined: extra || piece.joined === true }
}

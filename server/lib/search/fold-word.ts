/** Letters that no normal form takes apart, as they are written where they are missing. */
const letters: Readonly<Record<string, string>> = { œ: 'oe', æ: 'ae', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ß: 'ss', ı: 'i', ς: 'σ' }

/**
 * A word without its case, its accents and its typographic forms (NFKC: ﬁ is fi, ４ is 4). Marks of other scripts than Latin,
 * Greek and Cyrillic are letters of their own and stay. What is left are letters, digits and marks; folding twice folds once.
 */
export function foldWord(word: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/^[\x00-\x7f]*$/.test(word)) return word.toLowerCase()
  return word
    .normalize('NFKC').toLowerCase().normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]|[^\p{L}\p{N}\p{M}]/gu, '')
    .replaceAll(/[œæøłđðþßıς]/g, (letter) => letters[letter]!)
    .normalize('NFKC')
}

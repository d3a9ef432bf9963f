/** Shorter words have too many neighbours. */
const leastLetters = 5
/** What must be right: words are looked up by their beginning. */
export const rightLetters = 2

/** Whether a lexeme is one letter away from another: one wrong, missing, too many, or two neighbours exchanged (Damerau 1964). */
export function isOneLetterAway(word: string, other: string): boolean {
  if (word.length < leastLetters || other.length < leastLetters || Math.abs(word.length - other.length) > 1) return false
  let start = 0
  while (start < word.length && word[start] === other[start]) start++
  let [end, otherEnd] = [word.length, other.length]
  while (end > start && otherEnd > start && word[end - 1] === other[otherEnd - 1]) [end, otherEnd] = [end - 1, otherEnd - 1]
  const [left, right] = [word.slice(start, end), other.slice(start, otherEnd)]
  return (left.length <= 1 && right.length <= 1) || (left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0])
}

/** Whether a lexeme may be what somebody began to type, or mistyped. */
export function mayMean(typed: string, lexeme: string): boolean {
  return (typed.length >= 3 && lexeme.startsWith(typed)) || isUnspacedSign(typed, lexeme) || isOneLetterAway(typed, lexeme)
}

/** One sign of a script without spaces begins all its pairs. */
function isUnspacedSign(typed: string, lexeme: string): boolean {
  return [...typed].length === 1 && typed > '\u0e00' && lexeme.startsWith(typed)
}

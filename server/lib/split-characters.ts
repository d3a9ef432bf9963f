/**
 * Cuts text before a trailing high surrogate: the first half of a character whose second half has not come yet, which
 * could neither be stored nor shown.
 */
export function splitWholeCharacters(text: string): { readonly whole: string; readonly rest: string } {
  const last = text.charCodeAt(text.length - 1)
  const half = last >= 0xd800 && last <= 0xdbff
  return half ? { whole: text.slice(0, -1), rest: text.slice(-1) } : { whole: text, rest: '' }
}

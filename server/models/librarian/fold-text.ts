/**
 * Text without its case and accents, each character in its old place: index n here is index n of the text in normal form C.
 */
export function foldText(text: string): string {
  const composed = text.normalize('NFC')
  if (isPlain(composed)) return composed.toLowerCase()
  // The dotted capital I is the one letter that grows when it is made small.
  return composed.replaceAll('İ', 'I').toLowerCase().replaceAll(/[\u00c0-\u024f\u1e00-\u1eff]/g, (letter) => letter.normalize('NFD')[0]!)
}

function isPlain(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /^[\x00-\x7f]*$/.test(text)
}

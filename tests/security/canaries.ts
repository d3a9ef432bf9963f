/** Looks for secrets in what leaves the building: whole, in part, and in the guises that libraries give to text. */

const sliceLength = 12
/** Six bits a letter: what twelve bytes become. */
const encodedLength = 16

/** What of a canary stands in a text; null where nothing of it does. */
export function traceOf(canary: string, text: string): string | null {
  for (const guise of guisesOf(canary)) {
    const found = slices(guise.text, guise.length).find((slice) => text.includes(slice))
    if (found !== undefined) return `${guise.name}: ${found}`
  }
  return null
}

function guisesOf(canary: string): readonly { readonly name: string; readonly text: string; readonly length: number }[] {
  const bytes = Buffer.from(canary)
  // Where in a longer text it begins decides by which of three alphabets of triples it is written.
  const base64 = [0, 1, 2].map((before) => Buffer.concat([Buffer.alloc(before), bytes]).toString('base64').slice(before === 0 ? 0 : 4).replace(/.{4}$/, ''))
  return [
    { name: 'as it is', text: canary, length: sliceLength },
    { name: 'for an address', text: encodeURIComponent(canary), length: sliceLength },
    { name: 'as JSON', text: JSON.stringify(canary).slice(1, -1), length: sliceLength },
    ...base64.map((text) => ({ name: 'in base64', text, length: encodedLength })),
    ...base64.map((text) => ({ name: 'in base64url', text: text.replaceAll('+', '-').replaceAll('/', '_'), length: encodedLength })),
    { name: 'in hexadecimal', text: bytes.toString('hex'), length: 2 * sliceLength },
  ]
}

function slices(text: string, length: number): readonly string[] {
  return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, start) => text.slice(start, start + length))
}

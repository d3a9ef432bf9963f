/** Cuts a growing text into whole sentences for the polite region, so that nobody is read half a word. */
export interface Sentences {
  /** Whole sentences after `from`, without Markdown's marks; empty while there is none. */
  readonly spoken: string
  /** Where the next cut starts. */
  readonly next: number
}

const sentenceEnd = /[.!?…:](?=["»”)\]*_`]*\s)|\n/g

export function cutSentences(text: string, from: number): Sentences {
  let next = from
  for (const match of text.slice(from).matchAll(sentenceEnd)) next = from + match.index + match[0].length
  return { spoken: plain(text.slice(from, next)), next }
}

function plain(markdown: string): string {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^[ \t]*(?:[-*+>#|]+|```.*)/gm, ' ')
    .replace(/[*_`~|]+/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}

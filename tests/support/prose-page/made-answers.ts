/** Answers of any length, of one kind each or of all kinds, for tests and benches of how they are drawn. */

const words = ('the answer stands where one reads it and every line of it keeps its place while more is said about what was asked, '
  + 'because nothing that was read may move').split(' ')

/** About so many characters of words, some of them marked. */
function sentence(seed: number, length: number): string {
  let text = ''
  for (let n = seed; text.length < length; n += 1) {
    const word = words[(n * 7) % words.length]!
    text += `${n % 13 === 0 ? `**${word}**` : n % 17 === 0 ? `\`${word}\`` : n % 29 === 0 ? `[${word}](https://example.org/${n})` : word} `
  }
  return `${text.trimEnd()}.`
}

/** One piece of each kind; pieces one after the other are one list, one table, one block of code. */
export const kinds = {
  prose: { begin: '', piece: (n: number) => `${sentence(n, 400)}\n\n` },
  list: { begin: '', piece: (n: number) => `- ${sentence(n, 90)}\n${n % 5 === 0 ? `  - ${sentence(n, 50)}\n` : ''}` },
  table: { begin: '| n | what | why |\n|--:|---|---|\n', piece: (n: number) => `| ${n} | ${sentence(n, 24)} | ${sentence(n + 3, 40)} |\n` },
  code: { begin: '```ts\n', piece: (n: number) => `export const value${n} = (turn: Turn): number => turn.cost * ${n} // ${words[n % words.length]!}\n${n % 9 === 0 ? '\n' : ''}` },
} as const
export type Kind = keyof typeof kinds

export function answerOf(kind: Kind, characters: number): string {
  const { begin, piece } = kinds[kind]
  const pieces: string[] = [begin]
  for (let n = 1, length = begin.length; length < characters; n += 1) {
    const next = piece(n)
    pieces.push(next)
    length += next.length
  }
  return pieces.join('').slice(0, characters)
}

/** Sections with something of everything. */
export function mixedAnswer(characters: number): string {
  const sections: string[] = []
  for (let n = 1, length = 0; length < characters; n += 1) {
    const section = `## Part ${n}\n\n${answerOf('prose', 900)}\n\n${answerOf('list', 700)}\n\n${answerOf('table', 600)}|\n\n${answerOf('code', 700)}\n\`\`\`\n\nWith $x_{${n}}^2$ of it.\n\n> ${sentence(n, 120)}\n\n`
    sections.push(section)
    length += section.length
  }
  return sections.join('').slice(0, characters)
}

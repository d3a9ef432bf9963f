/** The writer of answers in a real browser: wherever a text is cut while it grows, what stands there at the end is the same. */
import assert from 'node:assert/strict'
import { after, test, before } from 'node:test'
import type { Page } from 'playwright-core'
import { closeBrowser, withoutBrowser } from '../support/browser.ts'
import { seededRandom } from '../support/cluster/seeded.ts'
import { openProsePage } from '../support/prose-page/open-prose-page.ts'

const answers: Readonly<Record<string, string>> = {
  'one of everything': [
    '# Title', '', 'A paragraph', 'of two lines with **bold**.', '', '- one', '', '- two', '', '  still two', '', '```js', 'let a', '', 'let b', '```', 'After.', '',
    '| a | b |', '|---|--:|', '| 1 | 2 |', '| 3 | 4 |', '| 5 | **6** |', '', '> quote', '> more', '>', '> - in it', '> - another', '', '1. first', '2. second', '   - inner', '   - inner too', '', 'The *end*.', '',
  ].join('\n'),
  'lists in lists': '- a\n  - b\n  - c\n\n    more of c\n  - d\n- - e\n  - f\n  - g\n\n  after\n- h\n1. i\n   text\n   2. j\n7) k\n8) l\n\n   ```\n   code\n   ```\n   and on\n   - m\n   - n\n- o\n  1. p\n  2. q\n',
  'quotes with lazy lines': '> a\nb\n> - c\n> - d\ne\n\n> > f\n> > g\n> h\n\n- > i\n  > ```\n  > j\n  > ```\n  > k\n  > l\n- m\n',
  'code in items': `1. So:\n\n   \`\`\`py\n${'   x = 1\n\n'.repeat(60)}   \`\`\`\n\n   Then this.\n2. And:\n\n       ${'indented\n       '.repeat(50)}\n\nEnd.\n`,
  'a long table': `| n | square |\n|--:|---|\n${Array.from({ length: 40 }, (_, n) => `| ${n} | ${n * n} *x* |\n`).join('')}\nDone.`,
  'links defined late': 'See [one] and [two][b].\n\n- [one]\n- x\n\n[one]: https://one.example\n\n[b]: https://two.example "T"\n\nEnd [one].\n',
  'headings and rules': 'A\n===\n\nB\n---\n\n***\n\n- a\n***\ntext\n# B\ntext\n- x\n\n\n\n- y\n',
  'formulas': 'Let $x^2$ and \\(y\\), for $5 and $6.\n\n$$\na\n- b\n+ c\n$$\n\n- \\[\n  x = 1\n  \\]\n- y\n\nand $$z$$.\n',
}

let page: Page
const endings: (() => unknown)[] = []
before(async () => {
  if (!withoutBrowser) page = (await openProsePage({ after: (ending: () => unknown) => void endings.push(ending) })).page
})
after(async () => {
  for (const ending of endings) await ending()
  await closeBrowser()
})

for (const [name, answer] of Object.entries(answers)) {
  test(`wherever it is cut while it grows, the page is the same as that of the whole text: ${name}`, { skip: withoutBrowser }, async () => {
    const random = seededRandom(4711)
    const letters = Array.from({ length: answer.length }, (_, at) => at + 1)
    const lines = [...answer.matchAll(/\n/g)].map(({ index }) => index + 1)
    const sampled = Array.from({ length: 12 }, () => Array.from({ length: 12 }, () => Math.floor(random() * answer.length)).sort((a, b) => a - b))
    for (const cuts of [letters, lines, ...sampled]) {
      const { grown, whole } = await page.evaluate(([text, at]) => window.prose.compare(text, at), [answer, cuts] as const)
      assert.equal(grown, whole, `cut at ${cuts.length > 20 ? 'every place' : cuts.join(', ')}`)
    }
  })
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blockTree } from '../../web/components/markdown/block-tree.ts'
import { mend, mendCut } from '../../web/components/markdown/mend.ts'
import { settle, type Level } from '../../web/components/markdown/open-path.ts'
import { parseMarkdown, renderMarkdown } from '../../web/components/markdown/renderer.ts'

/** Takes whole lines in, a line at a time, as the page does; returns what is left, and how much of it there was at most. */
function settleLines(text: string): { readonly left: string; readonly blocks: number; readonly longest: number } {
  let left = ''
  let levels: readonly Level[] = []
  let blocks = 0
  let longest = 0
  for (const line of text.split(/(?<=\n)/)) {
    const tail = left + line
    longest = Math.max(longest, tail.length)
    const settled = settle(tail, blockTree(parseMarkdown(tail, {})), levels)
    left = settled.text
    levels = settled.levels
    blocks += settled.blocks
  }
  return { left, blocks, longest }
}

test('a block is finished only when the next one begins on a whole line', () => {
  assert.deepEqual(settleLines('one\n\n'), { left: 'one\n\n', blocks: 0, longest: 5 })
  assert.deepEqual(settleLines('one\n\ntwo\n'), { left: 'two\n', blocks: 1, longest: 9 })
})

const endless: Readonly<Record<string, string>> = {
  'a list': '- one item of a long list\n',
  'a list with blank lines': '1. one item of a long list\n\n',
  'a list in a list': '  - one inner item\n',
  'a table': '| one | two |\n',
  'a quote': '> one paragraph\n>\n',
  'a list in a quote': '> - one item\n',
  code: 'let a = 1\n',
  'code in a list': '   let a = 1\n',
  'code without marks': '    let a = 1\n',
  'definitions of links': '[one]: https://one.example\n',
  paragraphs: 'One paragraph.\n\n',
  'paragraphs in an item': '\n  One paragraph.\n',
}
const begins: Readonly<Record<string, string>> = {
  'a list in a list': '- outer\n', 'a table': '| a | b |\n|---|---|\n', code: '```js\n', 'code in a list': '1. So:\n   ```js\n', 'paragraphs in an item': '- One.\n',
}

for (const [name, line] of Object.entries(endless)) {
  test(`[W12] however long ${name} grows, what is parsed anew stays as short as its last part`, () => {
    const { longest } = settleLines(`Before.\n\n${begins[name] ?? ''}${line.repeat(500)}`)

    assert.ok(longest < 60 * line.length + 80, `${longest} letters were parsed again`)
  })
}

test('what opens a list, a table or code stays, because what follows would be something else without it', () => {
  assert.equal(settleLines('- a\n  - b\n  - c\n').left, '- a\n\n  - c\n')
  assert.equal(settleLines('| a |\n|---|\n| 1 |\n| 2 |\n').left, '| a |\n|---|\n| 2 |\n')
  assert.match(settleLines(`\`\`\`js\n${'let a\n'.repeat(50)}`).left, /^```js\n(let a\n){10}$/)
})

test('mending ends, whatever stands at the beginning of what is left', () => {
  assert.equal(mend('\nwords'), '\nwords')
  // All short texts of the letters that mean something: a loop that never ends would show here.
  const letters = ['\n', 'a', ' ', '*', '`', '$', '[', '|']
  let count = 0
  const walk = (text: string) => {
    mend(text)
    mendCut(text)
    count += 1
    if (text.length < 5) for (const letter of letters) walk(text + letter)
  }
  walk('')
  assert.equal(count, (8 ** 6 - 1) / 7)
})

const mended: Readonly<Record<string, string>> = {
  '**bo': '<p><strong>bo</strong></p>',
  '**bold*': '<p><strong>bold</strong></p>',
  'a **b *c': '<p>a <strong>b <em>c</em></strong></p>',
  'a `co': '<p>a <code>co</code></p>',
  '**see `x': '<p><strong>see <code>x</code></strong></p>',
  'see [the li': '<p>see the li</p>',
  'see [the link](https://exa': '<p>see the link</p>',
  'an ![image](htt': '<p>an</p>',
  '~~gone': '<p><s>gone</s></p>',
  'snake_case_name': '<p>snake_case_name</p>',
  '5 * 3 is': '<p>5 * 3 is</p>',
  'text\n-': '<p>text</p>',
  'text\n#': '<p>text</p>',
  'text\n\n1.': '<p>text</p>',
  '| a | b |\n| -': '',
  '```pyth': '',
}

for (const [half, whole] of Object.entries(mended)) {
  test(`half-made ${JSON.stringify(half)} is shown sensibly`, () => {
    assert.equal(renderMarkdown(mend(half), {}).trim(), whole)
  })
}

test('an answer that was cut keeps every letter of its last line, with its marks closed', () => {
  assert.equal(renderMarkdown(mendCut('In\n2026'), {}), '<p>In\n2026</p>')
  assert.equal(renderMarkdown(mendCut('a **b'), {}), '<p>a <strong>b</strong></p>')
  assert.equal(renderMarkdown(mendCut('see [the link](https:'), {}), '<p>see the link</p>')
})

test('whole Markdown is not changed by mending, whatever its marks', () => {
  for (const whole of ['**a** and *b*', 'a `b` c', '[a](https://b.example) c', '2 * 3 * 4 = 24', 'a_b_c', '- [ ] task']) assert.equal(mend(whole), whole)
})

test('code in an open list item gets no marks closed', () => {
  const list = '- item\n  ```js\n  a ** b'

  assert.equal(mend(list), list)
})

test('HTML in an answer stays text', () => {
  assert.equal(renderMarkdown('<img src=x onerror=alert(1)> <b>x</b>', {}), '<p>&lt;img src=x onerror=alert(1)&gt; &lt;b&gt;x&lt;/b&gt;</p>')
})

test('only http, https and mailto become links', () => {
  for (const address of ['javascript:alert(1)', 'data:text/html,x', 'vbscript:x', '/api/v1/me', '//evil.example', 'file:///etc/passwd', ' javascript:alert(1)']) {
    assert.doesNotMatch(renderMarkdown(`[a](<${address}>)`, {}), /<a /, address)
  }
  assert.match(renderMarkdown('[a](https://b.example) <mailto:a@b.example>', {}), /href="https:\/\/b\.example".*href="mailto:/)
})

test('an image is not fetched: its words stand in its place', () => {
  const html = renderMarkdown('![a chart](https://tracker.example/x.png)', {})

  assert.equal(html, '<p><em>a chart</em></p>')
})

test('tables say their sides without a style attribute', () => {
  const html = renderMarkdown('| a | b |\n|---|--:|\n| 1 | 2 |', {})

  assert.doesNotMatch(html, /style=/)
  assert.match(html, /<td align="right">2<\/td>/)
})

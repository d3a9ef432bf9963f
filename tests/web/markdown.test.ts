import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { cutBlocks, openFence } from '../../web/components/markdown/blocks.ts'
import { mend, mendCut } from '../../web/components/markdown/mend.ts'
import { renderMarkdown } from '../../web/components/markdown/renderer.ts'

const answer = [
  '# Title', '', 'A paragraph', 'of two lines with **bold**.', '', '- one', '', '- two', '', '  still two', '', '```js', 'let a', '', 'let b', '```', 'After.', '',
  '| a | b |', '|---|--:|', '| 1 | 2 |', '', '> quote', '> more', '', '1. first', '2. second', '   - inner', '', 'The *end*.', '',
].join('\n')

/** Feeds a text in pieces, as the page does, and returns the blocks it drew. */
function blocksOf(pieces: readonly string[]): readonly string[] {
  const closed: string[] = []
  let tail = ''
  for (const piece of pieces) {
    const cut = cutBlocks(tail + piece)
    closed.push(...cut.closed)
    tail = cut.tail
  }
  return [...closed, tail]
}

const draw = (blocks: readonly string[]) => blocks.map((block) => renderMarkdown(block, {})).join('')

test('a block is finished only when the next one begins on a whole line', () => {
  assert.deepEqual(cutBlocks('one\n\ntw'), { closed: [], tail: 'one\n\ntw' })
  assert.deepEqual(cutBlocks('one\n\ntwo\n'), { closed: ['one\n\n'], tail: 'two\n' })
})

test('blank lines inside a list or a fence do not cut it', () => {
  const { closed } = cutBlocks('- one\n\n  still one\n\n- two\n\n```\na\n\nb\n```\nend\n')

  assert.deepEqual(closed, ['- one\n\n  still one\n\n- two\n\n', '```\na\n\nb\n```\n'])
})

test('wherever the text is split, no letter is lost and the page is the same as that of the whole text', () => {
  const whole = renderMarkdown(answer, {})
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: answer.length }), { maxLength: 40 }), (marks) => {
      const cuts = [0, ...marks.toSorted((a, b) => a - b), answer.length]
      const pieces = cuts.slice(1).map((to, index) => answer.slice(cuts[index], to))
      const blocks = blocksOf(pieces)
      assert.equal(blocks.join(''), answer)
      assert.equal(draw(blocks), whole)
    }),
  )
})

test('letter by letter the open block stays as short as its own block', () => {
  let tail = ''
  let longest = 0
  for (const letter of answer.repeat(20)) {
    tail = cutBlocks(tail + letter).tail
    longest = Math.max(longest, tail.length)
  }

  assert.ok(longest < 80, `the open block grew to ${longest} letters`)
})

test('an open fence is known as code, and its half-typed end is not shown', () => {
  assert.deepEqual(openFence('```js\nlet a\n``'), { language: 'js', code: 'let a\n' })
  assert.deepEqual(openFence('~~~\na\n```\n'), { language: '', code: 'a\n```\n' })
  assert.equal(openFence('```js\nlet a\n```\n'), null)
  assert.equal(openFence('text'), null)
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
  assert.equal(renderMarkdown(mendCut('In\n2026'), {}), '<p>In\n2026</p>\n')
  assert.equal(renderMarkdown(mendCut('a **b'), {}), '<p>a <strong>b</strong></p>\n')
  assert.equal(renderMarkdown(mendCut('see [the link](https:'), {}), '<p>see the link</p>\n')
})

test('whole Markdown is not changed by mending, whatever its marks', () => {
  for (const whole of ['**a** and *b*', 'a `b` c', '[a](https://b.example) c', '2 * 3 * 4 = 24', 'a_b_c', '- [ ] task']) assert.equal(mend(whole), whole)
})

test('code in an open list item gets no marks closed', () => {
  const list = '- item\n  ```js\n  a ** b'

  assert.equal(mend(list), list)
})

test('HTML in an answer stays text', () => {
  assert.equal(renderMarkdown('<img src=x onerror=alert(1)> <b>x</b>', {}), '<p>&lt;img src=x onerror=alert(1)&gt; &lt;b&gt;x&lt;/b&gt;</p>\n')
})

test('only http, https and mailto become links', () => {
  for (const address of ['javascript:alert(1)', 'data:text/html,x', 'vbscript:x', '/api/v1/me', '//evil.example', 'file:///etc/passwd', ' javascript:alert(1)']) {
    assert.doesNotMatch(renderMarkdown(`[a](<${address}>)`, {}), /<a /, address)
  }
  assert.match(renderMarkdown('[a](https://b.example) <mailto:a@b.example>', {}), /href="https:\/\/b\.example".*href="mailto:/)
})

test('an image is not fetched: its words stand in its place', () => {
  const html = renderMarkdown('![a chart](https://tracker.example/x.png)', {})

  assert.equal(html, '<p><em>a chart</em></p>\n')
})

test('tables say their sides without a style attribute', () => {
  const html = renderMarkdown('| a | b |\n|---|--:|\n| 1 | 2 |', {})

  assert.doesNotMatch(html, /style=/)
  assert.match(html, /<td align="right">2<\/td>/)
})

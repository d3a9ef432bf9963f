import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import MarkdownIt from 'markdown-it'
import { librarianModel } from '../../server/models/librarian/librarian-model.ts'
import { blockquote, escapeMarkdown } from '../../server/models/librarian/quote-markdown.ts'
import type { Quote } from '../../server/models/librarian/pick-quotes.ts'
import { hear, question } from './ask.ts'

const kereon: Quote = {
  text: 'The lighthouse is called Kéréon.',
  conversationId: 'c_2',
  conversationTitle: 'Brittany',
  at: Date.UTC(2026, 10, 1, 23, 30),
}
const untitled: Quote = { text: 'Two\nlines', conversationId: 'c_3', conversationTitle: null, at: Date.UTC(2026, 9, 2) }

test('it quotes what the search found, says where and when, that no model is configured, and how to add one', async () => {
  const { text, last } = await hear(librarianModel(async () => [kereon, untitled]), question())

  assert.equal(
    text,
    `No model is configured here, so I cannot answer in words of my own. I can only quote what you wrote before. \
These 2 passages come closest:

> The lighthouse is called Kéréon.

— “Brittany”, 1 November 2026

> Two${'  '}
> lines

— an untitled conversation, 2 October 2026

To get answers, start Parley with the key of a provider:

\`\`\`sh
OPENAI_API_KEY=sk-… npm start
\`\`\``,
  )
  assert.deepEqual(last, { type: 'finish', reason: 'complete', usage: null })
})

test('in French it says all of it in French', async () => {
  const { text } = await hear(librarianModel(async () => [kereon]), question('Et le phare ?', 'fr'))

  assert.match(text, /^Aucun modèle n’est configuré ici\u202f: .*Voici ce qui s’en approche le plus\u202f:\n\n> The lighthouse/)
  assert.match(text, /\n\n— «\u202fBrittany\u202f», 1er novembre 2026\n\n/)
  assert.match(text, /la clé d’un fournisseur\u202f:\n\n```sh\nOPENAI_API_KEY=sk-… npm start\n```$/)
  assert.doesNotMatch(text, /[^\u202f][;:!?»](\s|$)/)
})

test('when nothing is found it says so, in both languages', async () => {
  const librarian = librarianModel(async () => [])

  const english = await hear(librarian, question('Hello'))
  const french = await hear(librarian, question('Bonjour', 'fr'))

  assert.match(english.text, /^No model is configured.*found nothing about this\.\n\n.*npm start/s)
  assert.match(french.text, /^Aucun modèle.*rien trouvé à ce sujet.*npm start/s)
  assert.doesNotMatch(english.text + french.text, /^>/m)
})

test('dates are told in the time zone of the house', async () => {
  const { text } = await hear(librarianModel(async () => [kereon], 'Europe/Paris'), question())

  assert.match(text, /2 November 2026/)
})

test('the search gets who asks and the newest question', async () => {
  const asked: unknown[] = []
  const request = question('Newest?')
  const earlier = { role: 'user', content: 'Earlier?' } as const

  await hear(
    librarianModel(async (asker, words) => {
      asked.push(asker, words)
      return []
    }),
    { ...request, messages: [earlier, ...request.messages] },
  )

  assert.deepEqual(asked, [request.asker, 'Newest?'])
})

test('its answer grows word by word, in few arrays', async () => {
  const { reads, deltas } = await hear(librarianModel(async () => [kereon]), question())

  assert.ok(deltas.length > 30)
  assert.ok(reads.length > 2 && reads.length < 15)
})

test('a search that fails is a failure in the stream, without its words', async () => {
  const { parts } = await hear(librarianModel(() => Promise.reject(new Error('secret table'))), question())

  assert.equal(parts.length, 1)
  assert.ok(parts[0]?.type === 'failure' && parts[0].failure.code === 'internal')
  assert.doesNotMatch(JSON.stringify(parts), /secret/)
})

test('stopping it ends the stream without a further part', async () => {
  const stop = new AbortController()
  const reads = []

  for await (const parts of librarianModel(async () => [kereon]).stream(question(), stop.signal)) {
    reads.push(parts)
    stop.abort()
  }

  assert.equal(reads.length, 1)
})

const markdown = new MarkdownIt({ html: false, linkify: false })
const plainKinds = new Set([
  'blockquote_open', 'paragraph_open', 'inline', 'text', 'softbreak', 'hardbreak', 'paragraph_close', 'blockquote_close',
])
const withoutSpace = (text: string) => text.replaceAll(/[\s\u00a0]+/g, '')

test('whatever is quoted, Markdown shows it as it was written and nothing else', () => {
  const piece = fc.constantFrom(
    '# ', '> ', '- ', '+ ', '* ', '1. ', '2) ', '---', '===', '```', '~~~', '`', '**', '_', '[a](http://b)', '![i](http://b)',
    '<b>', '</script>', '&amp;', '&#65;', '|', '|--|',
    '\\', '\n', '\n\n', '\t', '    ', 'word', ' ', 'é', '🙂', '$x$', '[^1]', '[r]: http://b', '~~', 'a: b', '!',
  )
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 14 }), (pieces) => {
      const text = pieces.join('')
      fc.pre(text.trim() !== '' && text.split('\n').length <= 12)

      const tokens = markdown.parse(blockquote(text), {})
      const inline = tokens.flatMap((token) => token.children ?? [])

      const kinds = new Set([...tokens, ...inline].map((token) => token.type))
      assert.deepEqual([...kinds.difference(plainKinds)], [])
      assert.equal(withoutSpace(inline.map((token) => token.content).join('')), withoutSpace(text))
      assert.equal(tokens.filter((token) => token.type === 'blockquote_open').length, 1)
    }),
    { numRuns: 2000 },
  )
})

test('a title is one line of plain text', () => {
  const shown = markdown.renderInline(escapeMarkdown('A *bold*\n# <b>title</b> & [more](x)'))

  assert.equal(shown, 'A *bold* # &lt;b&gt;title&lt;/b&gt; &amp; [more](x)')
})

test('a quote of very many lines is cut', () => {
  const lines = blockquote('line\n'.repeat(100)).split('\n')

  assert.equal(lines.length, 13)
  assert.equal(lines.at(-1), '> …')
})

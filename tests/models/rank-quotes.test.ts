import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { foldText } from '../../server/models/librarian/fold-text.ts'
import { questionWords } from '../../server/models/librarian/question-words.ts'
import { rankQuotes } from '../../server/models/librarian/rank-quotes.ts'
import type { ScannedMessage } from '../../server/store/store.ts'

/** Messages as a scan gives them: newest first, one a day. */
function messagesOf(...contents: string[]): ScannedMessage[] {
  return contents.map((content, n) => ({
    messageId: `m_${n}`,
    conversationId: `c_${n}`,
    conversationTitle: `Title ${n}`,
    content,
    createdAt: Date.UTC(2026, 10, 20) - n * 86_400_000,
  }))
}

const textsFor = (question: string, ...contents: string[]) => rankQuotes(question, messagesOf(...contents)).map((quote) => quote.text)

test('the message that speaks of what is asked is quoted, with where and when', () => {
  const messages = messagesOf('I had soup.', 'The lighthouse in Brittany is called Kéréon.', 'My cat sleeps.')

  const quotes = rankQuotes('What was the name of that lighthouse?', messages)

  const text = 'The lighthouse in Brittany is called Kéréon.'
  assert.deepEqual(quotes, [{ text, conversationId: 'c_1', conversationTitle: 'Title 1', at: Date.UTC(2026, 10, 19) }])
})

test('case, accents, elisions, plurals and ligatures do not count', () => {
  assert.deepEqual(textsFor('Que disais-je de l’été ?', 'J’aime L’ETE à Brest.'), ['J’aime L’ETE à Brest.'])
  assert.deepEqual(textsFor('Qu’ai-je noté sur mes chats ?', 'Le chat dort.', 'Un chateau.'), ['Le chat dort.'])
  assert.deepEqual(textsFor('une recette aux oeufs', 'Deux œufs et du lait.'), ['Deux œufs et du lait.'])
  assert.deepEqual(textsFor('ETUDE', 'Mon e\u0301tude avance.'), ['Mon étude avance.'])
})

test('a rare word weighs more than words that stand everywhere', () => {
  const everywhere = Array.from({ length: 20 }, (_, n) => `The garden project, note ${n}.`)

  const [best] = textsFor('garden project hedgehog', ...everywhere, 'A hedgehog came by.')

  assert.equal(best, 'A hedgehog came by.')
})

test('nothing is quoted that shares too little with the question', () => {
  assert.deepEqual(textsFor('Who painted the ceiling of the Sistine chapel?', 'We painted the kitchen.'), [])
  assert.deepEqual(textsFor('Hello, what did I say about that?', 'Hello there, what did I say?'), [])
  assert.deepEqual(textsFor('', 'Anything.'), [])
})

test('the same question asked before is not an answer to it, and no text is quoted twice', () => {
  const texts = textsFor('Where is the key?', 'where is the key', 'The key is under the mat.', 'The KEY is under the mat!')

  assert.deepEqual(texts, ['The key is under the mat.'])
})

test('at most three are quoted, and of equally good ones the newest', () => {
  assert.deepEqual(textsFor('budget', 'budget a', 'budget b', 'budget c', 'budget d'), ['budget a', 'budget b', 'budget c'])
})

test('of a long message the stretch is quoted that holds the answer, cut between words', () => {
  const filler = 'lorem ipsum dolor sit amet '.repeat(200)
  const [quote] = textsFor('password of the boat', `The boat. ${filler}The password of the boat is Nausicaa.${filler}`)

  assert.match(quote!, /^….*The password of the boat is Nausicaa\..*…$/s)
  assert.ok(quote!.length <= 482)
  assert.match(quote!, /^…(lorem|ipsum|dolor|sit|amet) /)
})

test('folding keeps every character in its place', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      const composed = text.normalize('NFC')
      assert.equal(foldText(text).length, composed.length)
    }),
  )
  assert.equal(foldText('ÀÉÎÕÜ Çñ İx'), 'aeiou cn ix')
})

test('whatever is asked and scanned, quotes are short, well-formed and the user’s own words', () => {
  const word = fc.constantFrom('chat', 'été', 'l’été', 'Œuf', '🙂', 'key', 'keys', '.*', '(', '\n', '>', 'x'.repeat(600))
  const sentence = fc.array(word, { maxLength: 120 }).map((words) => words.join(' '))
  fc.assert(
    fc.property(sentence, fc.array(sentence, { maxLength: 6 }), (question, contents) => {
      for (const { text } of rankQuotes(question, messagesOf(...contents))) {
        assert.ok(text.length <= 482 && text.isWellFormed())
        assert.ok(contents.some((content) => content.normalize('NFC').includes(text.replaceAll('…', '').trim())))
      }
    }),
    { numRuns: 300 },
  )
})

test('a question’s words are what it is about', () => {
  assert.deepEqual(questionWords('Do you remember what I said about the boxes and my class?'), ['boxe', 'class'])
  assert.deepEqual(questionWords('Qu’est-ce que j’avais dit de l’anniversaire de Zoë ?'), ['anniversaire', 'zoe'])
})

test('a scan of everything a user ever wrote does not hold the loop', () => {
  const words = 'the quick brown fox jumps over a lazy dog beside the river '
  const messages = messagesOf(...Array.from({ length: 2000 }, (_, n) => `${words.repeat(30)}${n} côté`))

  const started = performance.now()
  const quotes = rankQuotes('Which lazy river fox was beside the quick brown dog?', messages)

  assert.equal(quotes.length, 3)
  assert.ok(performance.now() - started < 500, `${Math.round(performance.now() - started)} ms`)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pickQuotes } from '../../server/models/librarian/pick-quotes.ts'
import type { FoundMessage } from '../../server/store/search-index.ts'

function found(...texts: readonly (readonly [text: string, share: number])[]): readonly FoundMessage[] {
  return texts.map(([text, share], n) => ({
    messageId: `m_${n}`, conversationId: `c_${n}`, conversationTitle: `Title ${n}`, text, createdAt: Date.UTC(2026, 10, 20) - n * 86_400_000, share,
  }))
}

const textsFor = (question: string, ...texts: readonly (readonly [string, number])[]) => pickQuotes(question, found(...texts)).map((quote) => quote.text)

test('[SE15] what is found first is quoted first, with where and when', () => {
  const quotes = pickQuotes('What was the name of that lighthouse?', found(['The lighthouse is called Kéréon.', 1]))

  assert.deepEqual(quotes, [{ text: 'The lighthouse is called Kéréon.', conversationId: 'c_0', conversationTitle: 'Title 0', at: Date.UTC(2026, 10, 20) }])
})

test('[SE15] nothing is quoted that holds less than a third of the question', () => {
  assert.deepEqual(textsFor('Who painted the ceiling of the Sistine chapel?', ['We painted the kitchen.', 0.25]), [])
})

test('[SE15] the same question asked before is not an answer to it, and no text is quoted twice', () => {
  const texts = textsFor('Where is the key?', ['where is the key', 1], ['The key is under the mat.', 0.9], ['The KEY is under the mat!', 0.9])

  assert.deepEqual(texts, ['The key is under the mat.'])
})

test('[SE15] at most three are quoted', () => {
  assert.deepEqual(textsFor('budget', ['budget a', 1], ['budget b', 1], ['budget c', 1], ['budget d', 1]), ['budget a', 'budget b', 'budget c'])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { k1, rarity, type Totals } from '../../server/lib/search/bm25f.ts'
import { documentKinds, kindOf, lengthOf, shapeByte, type DocumentKind } from '../../server/lib/search/document-shape.ts'
import type { Postings } from '../../server/lib/search/postings.ts'
import { rankDocuments } from '../../server/lib/search/rank-documents.ts'
import { bestOfEach, rankHits, type PlacedCandidate } from '../../server/lib/search/rank-hits.ts'

/** A document as a list of words, each a letter. Its number is its place, from 1. */
interface Small {
  readonly kind: DocumentKind
  readonly words: string
}

const small = fc.record({ kind: fc.constantFrom(...documentKinds), words: fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), minLength: 1, maxLength: 12 }) })

function countsOf(documents: readonly Small[], letter: string): Postings {
  const held = documents.flatMap(({ words }, n) => {
    const count = words.split(letter).length - 1
    return count > 0 ? [[n + 1, count] as const] : []
  })
  return { documents: Uint32Array.from(held, ([document]) => document), frequencies: Uint8Array.from(held, ([, count]) => count) }
}

function totalsOf(documents: readonly Small[]): Totals {
  const of = (fits: (kind: DocumentKind) => boolean) => {
    const held = documents.filter(({ kind }) => fits(kind))
    return { documents: held.length, words: held.reduce((sum, { words }) => sum + words.length, 0) }
  }
  return { title: of((kind) => kind === 'title'), body: of((kind) => kind !== 'title') }
}

/** BM25F as it stands in the paper, a document at a time. */
function naiveScore(document: Small, documents: readonly Small[], letters: string): number {
  const totals = totalsOf(documents)
  const isTitle = document.kind === 'title'
  const { documents: fields, words } = isTitle ? totals.title : totals.body
  const [weight, b] = isTitle ? [2, 0.4] : [1, 0.75]
  const length = lengthOf(shapeByte(document.kind, document.words.length))
  return [...letters].reduce((sum, letter) => {
    const holding = documents.filter((other) => other.words.includes(letter)).length
    const count = document.words.split(letter).length - 1
    const frequency = (weight * count) / (1 - b + (b * length) / Math.max(1, words / fields))
    const idf = Math.log(1 + (documents.length - Math.max(1, holding) + 0.5) / (Math.max(1, holding) + 0.5))
    return sum + (frequency > 0 ? (idf * frequency) / (k1 + frequency) : 0)
  }, 0)
}

test('[SE5] documents are scored as BM25F says, and the best come first, of equally good ones the later', () => {
  fc.assert(
    fc.property(fc.array(small, { minLength: 1, maxLength: 30 }), fc.constantFrom('a', 'ab', 'bcd'), fc.integer({ min: 1, max: 40 }), (documents, letters, limit) => {
      const shapes = Uint8Array.from([0, ...documents.map(({ kind, words }) => shapeByte(kind, words.length))])
      const words = [...letters].map((letter) => countsOf(documents, letter))

      const { candidates } = rankDocuments(words, { totals: totalsOf(documents), shapes }, { kinds: documentKinds, limit })

      const expected = documents.map((document, n) => ({ document: n + 1, score: naiveScore(document, documents, letters) })).filter(({ score }) => score > 0)
      assert.equal(candidates.length, Math.min(limit, expected.length))
      for (const [n, { document, score }] of candidates.entries()) {
        assert.ok(Math.abs(score - expected.find((one) => one.document === document)!.score) < 1e-9)
        const before = candidates[n - 1]
        assert.ok(!before || before.score > score || (before.score === score && before.document > document))
      }
      const least = candidates.at(-1)?.score ?? 0
      assert.ok(expected.filter(({ score }) => score > least + 1e-9).every(({ document }) => candidates.some((one) => one.document === document)))
    }),
    { numRuns: 300 },
  )
})

test('[SE5] only the kinds that are asked for are ranked, and a number without a document is none', () => {
  const documents: readonly Small[] = [{ kind: 'title', words: 'a' }, { kind: 'user', words: 'a' }, { kind: 'assistant', words: 'a' }]
  const shapes = Uint8Array.from([0, ...documents.map(({ kind }) => shapeByte(kind, 1)), 0])
  const words = [{ documents: Uint32Array.from([1, 2, 3, 4]), frequencies: Uint8Array.from([1, 1, 1, 1]) }]

  const { candidates } = rankDocuments(words, { totals: totalsOf(documents), shapes }, { kinds: ['user'], limit: 10 })

  assert.deepEqual(candidates.map(({ document }) => document), [2])
})

test('[SE5] a shape keeps what a document is, and its length within a tenth', () => {
  for (const kind of documentKinds) {
    for (const length of [1, 2, 3, 10, 57, 400, 20_000, 90_000]) {
      const shape = shapeByte(kind, length)
      assert.equal(kindOf(shape), kind)
      assert.ok(shape > 0 && shape < 256 && Math.abs(lengthOf(shape) / length - 1) <= 0.11, `${length} became ${lengthOf(shape)}`)
    }
  }
  assert.equal(kindOf(0), null)
})

test('[SE5] a rarer word tells more, and no word tells less than nothing', () => {
  assert.ok(rarity(1, 1000) > rarity(10, 1000))
  assert.ok(rarity(1000, 1000) > 0 && rarity(1001, 1000) > 0)
})

const day = 24 * 3_600_000
function placed(given: Partial<PlacedCandidate> & { readonly weights: readonly number[] }): PlacedCandidate {
  return { document: 1, score: 0, kind: 'user', conversationId: 'c_1', messageId: 'm_1', createdAt: 0, ...given }
}

test('[SE5] a message is better where its conversation’s title holds the question too', () => {
  const hits = rankHits([
    placed({ conversationId: 'c_1', messageId: 'm_1', weights: [1, 0] }),
    placed({ conversationId: 'c_2', messageId: 'm_2', weights: [1, 0] }), placed({ conversationId: 'c_2', messageId: null, kind: 'title', weights: [0, 2] }),
  ], [1, 1], 0)

  assert.deepEqual(hits.map((hit) => hit.messageId), ['m_2', 'm_1'])
})

test('[SE9] a conversation is opened at its best message, and at none where only the title was found', () => {
  const hits = bestOfEach(rankHits([
    placed({ conversationId: 'c_1', messageId: 'm_1', weights: [1, 0] }), placed({ conversationId: 'c_1', messageId: 'm_2', weights: [1, 1] }),
    placed({ conversationId: 'c_2', messageId: null, kind: 'title', weights: [2, 0] }),
  ], [1, 1], 0))

  assert.deepEqual(hits.map(({ conversationId, messageId }) => [conversationId, messageId]), [['c_1', 'm_2'], ['c_2', null]])
})

test('[SE5] of equally good ones the newest comes first, then the higher id; newness alone never outweighs another word', () => {
  const now = 400 * day
  const hits = rankHits([
    placed({ conversationId: 'c_a', weights: [1, 0], createdAt: now }), placed({ conversationId: 'c_b', weights: [1, 0], createdAt: now }),
    placed({ conversationId: 'c_old', weights: [1, 0], createdAt: 0 }), placed({ conversationId: 'c_both', weights: [1, 1], createdAt: 0 }),
  ], [1, 1], now)

  assert.deepEqual(hits.map((hit) => hit.conversationId), ['c_both', 'c_b', 'c_a', 'c_old'])
})

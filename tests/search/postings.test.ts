import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { packBlocks, unpackBlocks } from '../../server/lib/search/packed-blocks.ts'
import {
  appendPostings, mostBlockBytes, mostFrequency, readPostings, unitePostings, type Posting, type PostingBlock, type Postings,
} from '../../server/lib/search/postings.ts'

/** Rising document numbers with counts, far apart and close together. */
const postings = fc
  .array(fc.record({ distance: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 2 ** 26 })), frequency: fc.integer({ min: 1, max: 400 }) }), { maxLength: 60 })
  .map((steps) => {
    let document = 0
    return steps.map(({ distance, frequency }): Posting => ({ document: (document += distance), frequency }))
  })

function asList({ documents, frequencies }: Postings): readonly Posting[] {
  return [...documents].map((document, n) => ({ document, frequency: frequencies[n]! }))
}

const capped = (all: readonly Posting[]) => all.map(({ document, frequency }) => ({ document, frequency: Math.min(frequency, mostFrequency) }))

/** Appends in pieces, as a lexeme comes by again and again. */
function appended(pieces: readonly (readonly Posting[])[]): readonly PostingBlock[] {
  const blocks = new Map<number, PostingBlock>()
  for (const piece of pieces) {
    for (const block of appendPostings([...blocks.values()].at(-1) ?? null, piece)) blocks.set(block.block, block)
  }
  return [...blocks.values()]
}

test('[SE5] what is appended in any pieces is read back whole', () => {
  fc.assert(
    fc.property(postings, fc.array(fc.nat(60), { maxLength: 4 }), (all, cuts) => {
      const bounds = [0, ...cuts.map((cut) => Math.min(cut, all.length)).toSorted((a, b) => a - b), all.length]
      const pieces = bounds.slice(1).map((end, n) => all.slice(bounds[n], end))

      assert.deepEqual(asList(readPostings(appended(pieces))), capped(all))
    }),
  )
})

test('[SE14] what is appended again changes nothing', () => {
  fc.assert(
    fc.property(postings, (all) => {
      const blocks = appended([all])
      assert.deepEqual(appendPostings(blocks.at(-1) ?? null, all), [])
      assert.deepEqual(asList(readPostings(appended([all, all]))), capped(all))
    }),
  )
})

test('[SE5] a block holds a page at most, each can be read alone, and a common word takes few', () => {
  const all = Array.from({ length: 30_000 }, (_, n): Posting => ({ document: (n + 1) * 3, frequency: n % 5 === 0 ? 2 : 1 }))

  const blocks = appended([all.slice(0, 10_000), all.slice(10_000)])

  assert.ok(blocks.every(({ bytes }) => bytes.length <= mostBlockBytes))
  assert.ok(blocks.length < 12, `${blocks.length} blocks`)
  assert.deepEqual(blocks.map(({ block }) => block), blocks.map((_, n) => n))
  const second = asList(readPostings([blocks[1]!]))
  assert.equal(second[0]!.document, blocks[0]!.lastDocument + 3)
  assert.equal(second.at(-1)!.document, blocks[1]!.lastDocument)
})

test('[SE5] blocks cross from thread to thread as they are', () => {
  const blocks = appended([[{ document: 7, frequency: 1 }, { document: 9, frequency: 300 }]]).flatMap((block) => [{ ...block, lexeme: 'été' }, { ...block, lexeme: '京都' }])

  assert.deepEqual(unpackBlocks(packBlocks(blocks)), blocks)
  assert.deepEqual(unpackBlocks(packBlocks([])), [])
})

test('[SE2] a document that several lexemes of a word name is named once, with the highest count', () => {
  fc.assert(
    fc.property(fc.array(postings, { maxLength: 4 }), (lists) => {
      const expected = new Map<number, number>()
      for (const { document, frequency } of lists.flatMap(capped)) expected.set(document, Math.max(frequency, expected.get(document) ?? 0))

      const united = unitePostings(lists.map((list) => readPostings(appended([list]))))

      assert.deepEqual(asList(united), [...expected].map(([document, frequency]) => ({ document, frequency })).toSorted((a, b) => a.document - b.document))
    }),
  )
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fuzzyMatch } from '../../web/state/fuzzy.ts'

const best = (typed: string, ...texts: readonly string[]) =>
  texts.flatMap((text) => (fuzzyMatch(typed, text) === null ? [] : [[text, fuzzyMatch(typed, text)!.score] as const])).toSorted((a, b) => b[1] - a[1]).map(([text]) => text)

test('the beginning of a text fits better than the beginning of a word, that better than its middle, and scattered letters least', () => {
  assert.deepEqual(best('bo', 'Crossbow', 'Names for the boat', 'Boat names', 'Rye', 'Big orange'), ['Boat names', 'Names for the boat', 'Crossbow', 'Big orange'])
})

test('accents and case do not count, and what fits is marked where it stands', () => {
  assert.deepEqual(fuzzyMatch('regle', 'La RÈGLE des 72')?.ranges, [[3, 8]])
  assert.deepEqual(fuzzyMatch('nb', 'Names for the boat')?.ranges, [[0, 1], [14, 15]])
})

test('every word that is typed must be found, in whatever order', () => {
  assert.deepEqual(fuzzyMatch('boat names', 'Names for the boat')?.ranges, [[0, 5], [14, 18]])
  assert.equal(fuzzyMatch('boat trees', 'Names for the boat'), null)
})

test('nothing typed fits everything, and letters out of order fit nothing', () => {
  assert.deepEqual(fuzzyMatch(' ', 'Anything'), { score: 0, ranges: [] })
  assert.equal(fuzzyMatch('taob', 'boat'), null)
})

test('whatever is typed and read, marks rise, do not touch, and stay inside the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 6 }), fc.string({ unit: 'grapheme', maxLength: 40 }), (typed, text) => {
      let end = -1
      for (const [from, to] of fuzzyMatch(typed, text)?.ranges ?? []) {
        assert.ok(from > end && to > from && to <= text.length)
        end = to
      }
    }),
    { seed: 20261120, numRuns: 500 },
  )
})

test('a text is found by itself, whatever it says', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (text) => {
      assert.notEqual(fuzzyMatch(text, text), null)
    }),
    { seed: 20261120, numRuns: 500 },
  )
})

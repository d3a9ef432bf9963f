import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { queryWords } from '../../server/lib/search/query-words.ts'
import { snippetOf } from '../../server/lib/search/snippet.ts'

function marked(text: string, query: string, characters = 60): { readonly text: string; readonly marks: readonly string[] } {
  const snippet = snippetOf(text, queryWords(query), { characters })
  return { text: snippet.text, marks: snippet.ranges.map(([start, end]) => snippet.text.slice(start, end)) }
}

test('[SE9] a short text is shown whole, with every form of the words marked where it stands', () => {
  assert.deepEqual(marked('Les chevaux de l’été : un cheval.', 'cheval ete'), { text: 'Les chevaux de l’été : un cheval.', marks: ['chevaux', 'été', 'cheval'] })
  assert.deepEqual(marked('e\u0301te\u0301', 'été').marks, ['e\u0301te\u0301'])
  assert.deepEqual(marked('a week-end there', 'weekend').marks, ['week-end'])
  assert.deepEqual(marked('rename getUserById now', 'user').marks, ['User'])
  assert.deepEqual(marked('東京タワーに行く', '京タ').marks, ['京タ'])
})

test('[SE9] of a long text the stretch is shown that holds the most of the question, cut between words', () => {
  const filler = 'lorem ipsum dolor sit amet '.repeat(100)

  const { text, marks } = marked(`The boat. ${filler}The password of the boat is Nausicaa. ${filler}`, 'password boat', 80)

  assert.match(text, /^…(lorem|ipsum|dolor|sit|amet) .*The password of the boat is Nausicaa\..* (lorem|ipsum|dolor|sit|amet)…$/)
  assert.deepEqual(marks, ['password', 'boat'])
})

test('[SE9] what tells more decides where the stretch is', () => {
  const text = `budget budget ${'lorem ipsum '.repeat(50)} hedgehog ${'lorem ipsum '.repeat(50)}`
  const words = queryWords('budget hedgehog')

  assert.match(snippetOf(text, words, { characters: 60, worth: [0.1, 5] }).text, /hedgehog/)
  assert.match(snippetOf(text, words, { characters: 60, worth: [5, 0.1] }).text, /^budget/)
})

test('[SE9] line ends become spaces where one line is wanted, and nothing else moves', () => {
  const snippet = snippetOf('one\r\n\ttwo\n\nthree', queryWords('three'), { characters: 60, oneLine: true })

  assert.equal(snippet.text, 'one   two  three')
  assert.deepEqual(snippet.ranges, [[11, 16]])
})

test('[SE9] whatever is shown, it is a stretch of the text, well-formed, not much longer than asked, and its marks rise inside it', () => {
  const word = fc.constantFrom('chat', 'été', 'l’été', 'Œuf', '🙂', '東京', 'key', 'keys', '<b>', '\n', 'x'.repeat(300), 'week-end')
  const sentence = fc.array(word, { maxLength: 80 }).map((words) => words.join(' '))
  fc.assert(
    fc.property(sentence, sentence, fc.integer({ min: 10, max: 200 }), (text, query, characters) => {
      const snippet = snippetOf(text, queryWords(query), { characters })

      assert.ok(snippet.text.isWellFormed() && text.includes(snippet.text.replaceAll('…', '')))
      assert.ok(snippet.text.length <= characters + 30, `${snippet.text.length} of ${characters}`)
      let last = 0
      for (const [start, end] of snippet.ranges) {
        assert.ok(start >= last && end > start && end <= snippet.text.length)
        last = end
      }
    }),
    { numRuns: 2000 },
  )
})

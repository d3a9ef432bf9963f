import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { documentTerms } from '../../server/lib/search/document-terms.ts'
import { foldWord } from '../../server/lib/search/fold-word.ts'
import { queryWords } from '../../server/lib/search/query-words.ts'
import { tokenize } from '../../server/lib/search/tokenize.ts'

/** Whether somebody who types `query` finds `text` by every word. */
function finds(query: string, text: string): boolean {
  const { terms } = documentTerms(text)
  const words = queryWords(query)
  return words.length > 0 && words.filter((word) => !wholeOf(query, word.folded)).every(({ lexemes }) => lexemes.some((lexeme) => terms.includes(`\n${lexeme}\t`)))
}

/** A compound that was typed in parts is one of several ways to find it. */
const wholeOf = (query: string, folded: string) => [...tokenize(query)].some((token) => token.joined && token.folded === folded)

const found: Readonly<Record<string, readonly (readonly [query: string, text: string])[]>> = {
  '[SE1] case, accents and typographic forms do not count': [
    ['ete', 'un bel été'], ['ÉTÉ', 'un bel e\u0301te\u0301'], ['oeuf', 'un œuf'], ['strasse', 'Friedrichstraße, die Straße'], ['lodz', 'Łódź'], ['42', '４２'],
    ['final', 'ﬁnal'], ['istanbul', 'İstanbul'], ['Οδυσσεύς', 'ΟΔΥΣΣΕΥΣ'], ['ёлка', 'Елка'], ['SECURITE', 'la sécurité'], ['reservee', 'une table réservée'],
  ],
  '[SE2] English words are found in other forms': [
    ['run', 'running late'], ['boxes', 'a box'], ['connected', 'the connections'], ['hedgehog', 'hedgehogs hibernate'], ['renewing', 'renewed twice'],
    ['ponies', 'a pony'], ['allergies', 'an allergy'], ['city', 'cities'],
  ],
  '[SE2] French words are found in other forms': [
    ['cheval', 'les chevaux'], ['recettes', 'une recette'], ['réserver', 'nous avons réservé'], ['reserve', 'les réservations'], ['confiture', 'des confitures'],
    ['mangeaient', 'il mange'], ['naïves', 'peinture naïve'], ['bateau', 'des bateaux'], ['végétarien', 'les végétariennes'], ['passée', 'les jours passés'],
  ],
  '[SE3] elisions, possessives and short forms are taken off': [
    ['été', 'L’été'], ['accord', "d'accord"], ['ami', 'jusqu’à l’ami'], ['john', 'John’s'], ['john', "John's"], ['obrien', 'Liam O’Brien'], ['O’Brien', 'OBrien'],
    ['aujourd’hui', 'aujourd\'hui'], ['aujourdhui', 'aujourd’hui'], ['dont', "don't"],
  ],
  '[SE3] compounds are found in parts and as one': [
    ['weekend', 'week-end'], ['week end', 'week-end'], ['portemonnaie', 'mon porte-monnaie'], ['arc ciel', 'l’arc-en-ciel'], ['wifi', 'Wi-Fi'],
  ],
  '[SE3] code and numbers are found as one writes them': [
    ['getUserById', 'rename getUserById now'], ['user', 'getUserById'], ['getuserbyid', 'getUserById'], ['html parser', 'HTMLParser'], ['busy_timeout', 'set busy_timeout'],
    ['timeout', 'busy_timeout'], ['18400', '18,400'], ['12500', '12\u202f500 €'], ['3.5', '3,5 %'], ['3.53.4', 'SQLite 3.53.4'], ['c++', 'in C++ or C#'], ['c#', 'in C++ or C#'],
    ['oomkilled', 'OOMKilled'], ['0x6100004a', 'erreur 0x6100004A'],
  ],
  '[SE4] scripts without spaces are found by pairs, and a sign alone where it ends a run': [
    ['浅草', '浅草寺 temple'], ['草寺', '浅草寺'], ['寺', '浅草寺'], ['タワー', '東京タワー'], ['한국', '한국어'], ['ประเทศ', 'ประเทศไทย'],
  ],
  '[SE4] pictures are words': [['🚀', 'we launch 🚀🚀'], ['👩‍🚀', 'an 👩‍🚀'], ['🇫🇷', 'vive la 🇫🇷']],
}

for (const [sentence, pairs] of Object.entries(found)) {
  test(sentence, () => {
    for (const [query, text] of pairs) assert.ok(finds(query, text), `${query} in ${text}: ${JSON.stringify(queryWords(query))} ${JSON.stringify(documentTerms(text).terms)}`)
  })
}

const apart: readonly (readonly [query: string, text: string])[] = [
  ['été', 'et alors'], ['cat', 'concatenate'], ['use', 'us'], ['c++', 'c'], ['草', '浅川'], ['art', 'article'], ['1.4', '14'], ['hat', 'that'],
]

test('[SE2] what only looks alike is kept apart', () => {
  for (const [query, text] of apart) assert.ok(!finds(query, text), `${query} in ${text}`)
})

test('[SE1] every token is a stretch of the text as it was given, in order', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (text) => {
      for (const { start, end, lexemes } of tokenize(text)) {
        assert.ok(start >= 0 && start < end && end <= text.length)
        assert.ok(lexemes.length > 0 && lexemes.every((lexeme) => lexeme !== '' && !/[\s]/.test(lexeme)), JSON.stringify(lexemes))
      }
    }),
    { numRuns: 2000 },
  )
})

test('[SE1] folding twice folds once, and what differs by case or composition only is the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
      const folded = foldWord(text)
      assert.equal(foldWord(folded), folded)
      assert.equal(foldWord(text.normalize('NFD')), foldWord(text.normalize('NFC')))
    }),
    { numRuns: 2000 },
  )
})

test('[SE2] French words are found whether their accents are typed or not', () => {
  const words = 'sécurité réservées préférés développement été élève Noël naïveté généralement hôpital forêts français garçon réunion décalée bénéficiaire'.split(' ')
  for (const word of words) assert.ok(finds(foldWord(word), word) && finds(word, foldWord(word)), word)
})

test('[SE10] however long or odd a text is, taking it apart costs little', () => {
  const odd = ['a-', 'a', "l'", '1,', '京', 'aB', '\u0301', '_', 'c+', '’', 'é', '👩‍🚀', 'a’b-', '\u{1F1EB}', '\ud83d', '\udc00x']
  for (const part of odd) {
    const text = part.repeat(100_000 / part.length)
    const began = performance.now()
    documentTerms(text)
    const took = performance.now() - began
    assert.ok(took < 3000, `${part}: ${took} ms`)
  }
})

test('[SE10] a question is cut to its first thirty-two lexemes, without small words', () => {
  const long = Array.from({ length: 200 }, (_, n) => `word${n}`).join(' the ')

  const words = queryWords(long)

  assert.equal(words.flatMap((word) => word.lexemes).length, 32)
  assert.equal(words[0]!.folded, 'word0')
  assert.ok(words.every((word) => word.folded !== 'the'))
})

test('[SE10] small words count where there are no others', () => {
  assert.deepEqual(queryWords('to be or not to be').map((word) => word.folded), ['to', 'be', 'or', 'not'])
  assert.deepEqual(queryWords('to be or not to be', { smallWords: false }), [])
  assert.deepEqual(queryWords('"" ** () % _ \\ -- \ud83d'), [])
  assert.deepEqual(queryWords('\ud83dhedgehog\udc00').map((word) => word.folded), ['hedgehog'])
})

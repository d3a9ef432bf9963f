import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { providerVariables } from '../../server/config/secrets.ts'
import { answerFacts } from '../../web/components/answer-facts.ts'
import { keyNames } from '../../web/components/key-names.ts'
import { cutSentences } from '../../web/components/sentences.ts'
import { formatCost, formatDuration } from '../../web/i18n/format.ts'
import { chooseLanguage, languages } from '../../web/i18n/language.ts'

type Leaf = readonly [path: string, text: string]

/** Every text of a language; functions are given marks for their words. */
function textsOf(phrases: object, path = ''): readonly Leaf[] {
  return Object.entries(phrases).flatMap(([key, phrase]: [string, unknown]): readonly Leaf[] => {
    if (typeof phrase === 'string') return [[path + key, phrase]]
    if (typeof phrase === 'function') return [[path + key, String((phrase as (...words: string[]) => string)('‹1›', '‹2›'))]]
    return textsOf(phrase as object, `${path}${key}.`)
  })
}

test('French says everything that English says, and uses the same words that it is given', () => {
  const english = textsOf(languages.en)
  const french = new Map(textsOf(languages.fr))

  assert.deepEqual([...french.keys()], english.map(([key]) => key))
  for (const [key, text] of english) {
    const translated = french.get(key) ?? ''
    assert.equal(translated.length > 0, text.length > 0, key)
    for (const word of ['‹1›', '‹2›']) assert.equal(translated.includes(word), text.includes(word), `${key} and ${word}`)
  }
})

test('French puts a narrow no-break space before its double marks and inside its quotes', () => {
  for (const [key, text] of textsOf(languages.fr)) {
    assert.doesNotMatch(text, /[^\u202f][;:!?»]/u, key)
    assert.doesNotMatch(text, /«[^\u202f]/u, key)
    assert.doesNotMatch(text, /'/u, `${key} has a straight apostrophe`)
  }
})

test('no template holds words of its own', () => {
  const root = join(import.meta.dirname, '../../web')
  // The specimen is for those who build the page, and is not in it.
  for (const path of globSync('{components,pages,app}/**/*.ts', { cwd: root, exclude: ['pages/specimen/**'] })) {
    const source = readFileSync(join(root, path), 'utf8')
    const templates = [...source.matchAll(/html`([^`]*)`/g)].map((match) => match[1]!.replace(/\$\{[^}]*\}/g, ''))
    for (const template of templates) {
      assert.doesNotMatch(template, />[^<>]*\p{L}{2,}[^<>]*</u, path)
      assert.doesNotMatch(template, /(?:aria-label|title|placeholder|alt)="/u, path)
    }
  }
})

test('the page names exactly the keys that the server reads', () => {
  assert.deepEqual(keyNames.toSorted(), providerVariables.filter((name) => name.endsWith('_API_KEY')).toSorted())
})

test('the first wanted language that there is, is taken', () => {
  assert.equal(chooseLanguage(['de-CH', 'fr-CA', 'en']), 'fr')
  assert.equal(chooseLanguage(['en-GB', 'fr']), 'en')
  assert.equal(chooseLanguage(['de', 'ja']), 'en')
  assert.equal(chooseLanguage([]), 'en')
})

const receipt = { receipt_id: 'r_1', provider: 'openai', model: 'gpt-4o-mini', requested_model: null, usage: null, cost: null, confidence: null, reasoning_ms: null, total_ms: 6240 }

test('a figure that is not known is not shown, and never as 0', () => {
  assert.deepEqual(answerFacts(receipt, 'en'), ['gpt-4o-mini', '6.2\u00a0s'])
})

test('what is known is shown in the reader\'s own figures', () => {
  const usage = { input: 12870, cached_input: null, output: 934, reasoning: null, estimated: false }
  const known = { ...receipt, usage, cost: 0.0021, confidence: 0.87 }

  assert.deepEqual(answerFacts(known, 'en'), ['gpt-4o-mini', '12,870 + 934 tokens', '$0.0021', '6.2\u00a0s', 'confidence 0.87'])
  assert.deepEqual(answerFacts(known, 'fr'), ['gpt-4o-mini', '12\u202f870 + 934 jetons', '0,0021\u00a0$', '6,2\u00a0s', 'confiance 0,87'])
})

test('half of the usage is shown as what it is, and an estimate as an estimate', () => {
  const half = { input: null, cached_input: null, output: 41, reasoning: null, estimated: true }

  assert.equal(answerFacts({ ...receipt, usage: half }, 'en')[1], 'about 41 tokens')
})

test('durations and costs read well at both ends', () => {
  assert.deepEqual([12, 400, 9949, 9960, 59400, 125_000].map((ms) => formatDuration(ms, 'en').replaceAll('\u00a0', ' ')), ['12 ms', '0.4 s', '9.9 s', '10 s', '59 s', '2 min 5 s'])
  assert.deepEqual([0, 0.00042, 0.5, 12].map((cost) => formatCost(cost, 'en')), ['$0.00', '$0.00042', '$0.50', '$12.00'])
})

test('the polite region gets whole sentences and no marks', () => {
  const text = 'One **bold** word. See [this](https://a.example)! Half a sen'
  const { spoken, next } = cutSentences(text, 0)

  assert.equal(spoken, 'One bold word. See this!')
  assert.equal(cutSentences(text, next).spoken, '')
  assert.equal(cutSentences(`${text}tence.\n`, next).spoken, 'Half a sentence.')
})

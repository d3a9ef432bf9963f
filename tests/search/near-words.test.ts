import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOneLetterAway, mayMean } from '../../server/lib/search/near-words.ts'

test('[SE11] one wrong, missing, added or exchanged letter is one letter away', () => {
  for (const typed of ['lighthoise', 'lighthose', 'lightthouse', 'lighthuose', 'lighthous']) assert.ok(isOneLetterAway(typed, 'lighthouse'), typed)
  for (const typed of ['lighthsoue', 'lithouse', 'lighthouses2', 'house']) assert.ok(!isOneLetterAway(typed, 'lighthouse'), typed)
})

test('[SE11] short words are not guessed, and what is begun is taken for what it begins', () => {
  assert.ok(!isOneLetterAway('cat', 'car') && !isOneLetterAway('boat', 'goat'))
  assert.ok(mayMean('hedg', 'hedgehog') && !mayMean('he', 'hedgehog') && !mayMean('hog', 'hedgehog'))
  assert.ok(mayMean('京', '京都'))
})

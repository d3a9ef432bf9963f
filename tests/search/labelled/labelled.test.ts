import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openStore, temporaryFolder } from '../../support/store-folder.ts'
import { find, indexAll, tell } from '../../support/search-samples.ts'
import { ada } from '../../support/store-samples.ts'
import { labelledArchive } from './archive.ts'
import { firstQuestions, secondQuestions, type LabelledQuestion } from './questions.ts'

/** What finds conversations by their keys, ten at most, the best first. */
type Search = (text: string) => Promise<readonly string[]>

/** SQLite's FTS5 as it comes: any of the words, unicode61, its own bm25 over title and body. */
function plainFts5(): Search {
  const database = new DatabaseSync(':memory:')
  database.exec("create virtual table archive using fts5(key unindexed, title, body, tokenize = 'unicode61')")
  const insert = database.prepare('insert into archive values (?, ?, ?)')
  for (const { key, title, messages } of labelledArchive()) for (const message of messages) insert.run(key, title, message)
  const select = database.prepare('select key from archive where archive match ? order by bm25(archive)')
  return async (text) => {
    const anyOf = (text.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => `"${word}"`).join(' OR ')
    return [...new Set(select.all(anyOf).map((row) => String(row['key'])))].slice(0, 10)
  }
}

async function recallAt10(search: Search, questions: readonly LabelledQuestion[]): Promise<{ readonly recall: number; readonly missed: readonly string[] }> {
  const shares = await Promise.all(questions.map(async ({ text, answers }) => {
    const found = await search(text)
    return { text, share: answers.filter((key) => found.includes(key)).length / answers.length }
  }))
  return { recall: shares.reduce((sum, { share }) => sum + share, 0) / shares.length, missed: shares.filter(({ share }) => share < 1).map(({ text }) => text) }
}

test('[SE12] every question was labelled with conversations that are there, and none is asked twice', () => {
  const keys = new Set(labelledArchive().map(({ key }) => key))
  const questions = [...firstQuestions, ...secondQuestions]

  assert.ok(questions.length >= 60)
  assert.equal(new Set(questions.map(({ text }) => text)).size, questions.length)
  for (const { text, answers } of questions) assert.ok(answers.length > 0 && answers.every((key) => keys.has(key)), text)
})

test('[SE12] ten hits hold what was asked for at least as often as SQLite’s plain FTS5 over the same archive', async (t) => {
  const store = openStore(t, temporaryFolder(t))
  const told = labelledArchive().map(async ({ key, title, messages }) => [(await tell(store, ada, title, messages)).conversationId, key] as const)
  const keys = new Map(await Promise.all(told))
  await indexAll(store)
  const ours: Search = async (text) => (await find(store, ada, text)).items.map(({ id }) => keys.get(id)!)
  const theirs = plainFts5()

  for (const [half, questions] of Object.entries({ first: firstQuestions, second: secondQuestions })) {
    const [own, peer] = [await recallAt10(ours, questions), await recallAt10(theirs, questions)]
    t.diagnostic(`${half} half, ${questions.length} questions: recall at 10 is ${own.recall.toFixed(3)}; plain FTS5 ${peer.recall.toFixed(3)}; missed: ${own.missed.join(' | ') || 'nothing'}`)
    assert.ok(own.recall >= peer.recall)
    assert.ok(own.recall >= 0.95)
  }
})

/** One user's search while others have ten times as much: beside SQLite's FTS5 in a table that all share; and whether the thread that streams feels it. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { DatabaseSync } from 'node:sqlite'
import { Connection } from '../server/store/sqlite/connection.ts'
import { databaseFile, openDatabase } from '../server/store/sqlite/open-database.ts'
import { openSqliteStore } from '../server/store/sqlite/sqlite-store.ts'
import { median, temporaryFolder } from './support/children.ts'
import { fillSearch } from './support/fill-search.ts'
import { isSmallWord, writer } from './support/made-archive.ts'

const ada = { tenantId: 'acme', userId: 'ada' }
const others = 100
const questions = 200

export async function search(options: { readonly smoke: boolean }): Promise<readonly string[]> {
  const [own, theirs] = options.smoke ? [3000, 6000] : [100_000, 1_000_000]
  using folder = temporaryFolder()
  openDatabase(databaseFile(folder.path), 'epoch-bench')
  const connection = new Connection(databaseFile(folder.path), { readOnly: false })
  connection.database.exec('pragma synchronous = off')
  const shared = new DatabaseSync(join(folder.path, 'fts5.db'))
  shared.exec("pragma synchronous = off; create virtual table shared using fts5(owner unindexed, body, tokenize = 'unicode61')")

  const began = performance.now()
  const insert = shared.prepare('insert into shared values (?, ?)')
  const fill = (userId: string, count: number, write: () => string) => fillSearch(connection, { tenantId: 'acme', userId }, count, write)
  const keepShared = (userId: string, texts: readonly string[]) => {
    shared.exec('begin')
    for (const text of texts) insert.run(userId, text)
    shared.exec('commit')
  }
  // What others say repeats itself, which makes it no easier to search beside. Half of them came before, half after.
  const theirWriter = writer(1)
  const theirTexts = Array.from({ length: 2000 }, () => theirWriter.write(12 + theirWriter.below(25)))
  const user = (n: number) => keepShared(`user-${n}`, fill(`user-${n}`, theirs / others, () => theirTexts[theirWriter.below(theirTexts.length)]!).texts)
  for (let n = 0; n < others / 2; n++) user(n)
  const ownWriter = writer(4711)
  const filled = fill(ada.userId, own, () => ownWriter.write(30 + ownWriter.below(60)))
  keepShared(ada.userId, filled.texts)
  for (let n = others / 2; n < others; n++) user(n)
  const filledSeconds = (performance.now() - began) / 1000
  const bytes = postingBytes(connection)
  connection.close()

  const asked = questionsFrom(filled.texts)
  const searched = await searchAll(folder.path, asked)
  const fts5 = median(searchShared(shared, asked))
  shared.close()
  const ratio = searched.p50 / fts5
  return [
    `search: ${own} messages of one user, ${theirs} of others; p50 ${searched.p50.toFixed(1)} ms, p99 ${searched.p99.toFixed(1)} ms (limit for p50: 20 ms); FTS5 in a shared table: p50 ${fts5.toFixed(1)} ms; ratio ${ratio.toFixed(2)}`,
    `search: the thread that streams was held up ${searched.delayP99.toFixed(1)} ms at the 99th percentile meanwhile, ${searched.idleP99.toFixed(1)} ms without; ratio ${(searched.delayP99 / searched.idleP99).toFixed(2)}`,
    `search: postings ${(bytes.own / 1e6).toFixed(1)} MB for one user's ${(bytes.text / 1e6).toFixed(1)} MB of text; database ${(statSync(databaseFile(folder.path)).size / 1e6).toFixed(0)} MB; filled in ${filledSeconds.toFixed(0)} s; a command held the writer for ${median(filled.heldMs).toFixed(1)} ms, ${at99(filled.heldMs).toFixed(1)} ms at the 99th percentile (limit: 5 ms)`,
  ]

  function postingBytes(from: Connection): { readonly own: number; readonly text: number } {
    const own = from.database.prepare("select sum(length(bytes)) as bytes from search_posting join search_archive on id = archive_id where user_id = 'ada'").get() as { bytes: number | null }
    return { own: own.bytes ?? 0, text: filled.texts.reduce((sum, text) => sum + text.length, 0) }
  }
}

/** Two to four telling words out of a message, as somebody remembers them. */
function questionsFrom(texts: readonly string[]): readonly string[] {
  const { below } = writer(42)
  return Array.from({ length: questions }, () => {
    const telling = texts[below(texts.length)]!.split(' ').filter((word) => !isSmallWord(word))
    return Array.from({ length: 2 + below(3) }, () => telling[below(telling.length)] ?? 'nothing').join(' ')
  })
}

async function searchAll(directory: string, asked: readonly string[]) {
  await using store = openSqliteStore({ directory, newEpoch: 'epoch-bench' })
  const find = (text: string) => store.searchConversations(ada, { text, archived: false, page: 1, perPage: 20, now: 2e6 })
  for (const text of asked.slice(0, 10)) await find(text)
  const idle = await delayDuring(() => new Promise((resolve) => setTimeout(resolve, 2000)))
  const times: number[] = []
  const delay = await delayDuring(async () => {
    for (const text of asked) {
      const began = performance.now()
      const { total } = await find(text)
      times.push(performance.now() - began)
      if (total === 0) throw new Error(`nothing was found for ${text}, whose words were written`)
    }
  })
  return { p50: median(times), p99: at99(times), delayP99: delay, idleP99: idle }
}

/** The 99th percentile. */
function at99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? Number.NaN
}

/** How late timers of this thread are, at the 99th percentile, in milliseconds. */
async function delayDuring(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  await work()
  delay.disable()
  return delay.percentile(99) / 1e6
}

function searchShared(shared: DatabaseSync, asked: readonly string[]): readonly number[] {
  const select = shared.prepare("select rowid from shared where shared match ? and owner = 'ada' order by bm25(shared) limit 20")
  return asked.map((text) => {
    const began = performance.now()
    select.all(text.split(' ').map((word) => `"${word}"`).join(' OR '))
    return performance.now() - began
  })
}

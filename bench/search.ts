/**
 * One user's search while others have ten times as much, on both engines: beside what each engine brings itself, in a table that all share;
 * whether the thread that streams feels it; whether both find the same; and what bringing in holds up.
 */
import { loadavg } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { isDeepStrictEqual } from 'node:util'
import type { Command } from '../server/store/command.ts'
import { addDocuments } from '../server/store/commands/add-documents.ts'
import { forgetDocuments } from '../server/store/commands/drop-documents.ts'
import { finishMerge, forgetPostings, writePostings } from '../server/store/commands/merge-documents.ts'
import { planForgetting } from '../server/store/queries/plan-forgetting.ts'
import { planMerge } from '../server/store/queries/plan-merge.ts'
import { readUnindexed } from '../server/store/queries/unindexed.ts'
import type { Store } from '../server/store/store.ts'
import { median } from './support/children.ts'
import { fillSearch, insertMessages, type Engine } from './support/fill-search.ts'
import { isSmallWord, writer } from './support/made-archive.ts'
import { searchEngines, type SearchEngine } from './support/search-engines.ts'

const ada = { tenantId: 'acme', userId: 'ada' }
/** Another one yet, whose messages are brought in slice by slice. */
const bob = { tenantId: 'acme', userId: 'bob' }
const others = 100
const questions = 200
/** The peer that ranks every match of everybody takes long. */
const peerQuestions = 40
const limitMs = 20

interface Size {
  readonly own: number
  readonly theirs: number
}

/** What a search found, in its order. */
type Found = readonly (string | null)[]

export async function search(options: { readonly smoke: boolean }): Promise<readonly string[]> {
  const size = options.smoke ? { own: 3000, theirs: 6000 } : { own: 100_000, theirs: 1_000_000 }
  const lines: string[] = []
  const found: (readonly Found[])[] = []
  for (const [name, { missing, open }] of Object.entries(searchEngines)) {
    if (missing !== false) {
      lines.push(`search on ${name}: not run: ${missing}`)
      continue
    }
    await using engine = await open()
    const measured = await measure(engine, size)
    lines.push(...measured.lines)
    found.push(measured.found)
  }
  const [first, ...rest] = found
  if (rest.length > 0) lines.push(`search: ${questions} questions found the same in the same order on both engines: ${rest.every((other) => isDeepStrictEqual(other, first)) ? 'yes' : 'NO'}`)
  return lines
}

async function measure(engine: SearchEngine, size: Size): Promise<{ readonly lines: readonly string[]; readonly found: readonly Found[] }> {
  const began = performance.now()
  const texts = await fill(engine, size)
  const seconds = (performance.now() - began) / 1000
  const asked = questionsFrom(texts)
  const held = await holdWriter(engine.filling)
  await engine.peer.ready()
  console.error(`${engine.name} is filled; searching`)
  const store = await engine.openStore()
  const ours = await searchAll(store, asked)
  const peer = median(await timesOf(asked.slice(0, peerQuestions), (text) => engine.peer.search(ada.userId, text.split(' '))))
  const of = `search on ${engine.name}`
  return {
    found: ours.found,
    lines: [
      `${of}: ${size.own} messages of one user, ${size.theirs} of others; p50 ${ms(ours.p50)}, p99 ${ms(ours.p99)} (limit for p50: ${limitMs} ms); ${engine.peer.name} in a shared table: p50 ${ms(peer)}; ratio ${(ours.p50 / peer).toFixed(2)}`,
      `${of}: the thread that streams was held up ${ms(ours.delayP99)} at the 99th percentile meanwhile, ${ms(ours.idleP99)} without; it used ${ms(ours.ownMs)} of the processor for each search`,
      `${of}: bringing in ${added} messages and forgetting a tenth, a command held what writes for so many ms, in the median and at the 99th percentile (limit: 5 ms): ${spread(held)}`,
      `${of}: filled in ${seconds.toFixed(0)} s; database ${((await engine.bytes()) / 1e6).toFixed(0)} MB; load of the machine ${loadavg()[0]!.toFixed(1)}`,
    ],
  }
}

/** What others say repeats itself, which makes it no easier to search beside. Half of them come before, half after. */
async function fill(engine: SearchEngine, { own, theirs }: Size): Promise<readonly string[]> {
  const fillOf = async (userId: string, count: number, write: () => string) => {
    const texts = await fillSearch(engine.filling, { actor: { tenantId: ada.tenantId, userId }, count, write })
    await engine.peer.keep(userId, texts)
    return texts
  }
  const theirWriter = writer(1)
  const theirTexts = Array.from({ length: 2000 }, () => theirWriter.write(12 + theirWriter.below(25)))
  const user = (n: number) => fillOf(`user-${n}`, theirs / others, () => theirTexts[theirWriter.below(theirTexts.length)]!)
  for (let n = 0; n < others / 2; n++) await user(n)
  const ownWriter = writer(4711)
  const texts = await fillOf(ada.userId, own, () => ownWriter.write(30 + ownWriter.below(60)))
  for (let n = others / 2; n < others; n++) await user(n)
  return texts
}

/** Two to four telling words out of a message, as somebody remembers them. */
function questionsFrom(texts: readonly string[]): readonly string[] {
  const { below } = writer(42)
  return Array.from({ length: questions }, () => {
    const telling = texts[below(texts.length)]!.split(' ').filter((word) => !isSmallWord(word))
    return Array.from({ length: 2 + below(3) }, () => telling[below(telling.length)] ?? 'nothing').join(' ')
  })
}

async function searchAll(store: Store, asked: readonly string[]) {
  const find = (text: string) => store.searchConversations(ada, { text, archived: false, page: 1, perPage: 20, now: 2e6 })
  for (const text of asked.slice(0, 20)) await find(text)
  const idleP99 = await delayDuring(() => new Promise((resolve) => setTimeout(resolve, 2000)))
  const found: Found[] = []
  let times: readonly number[] = []
  const before = process.threadCpuUsage()
  const delayP99 = await delayDuring(async () => {
    times = await timesOf(asked, async (text) => {
      const { items, total } = await find(text)
      if (total === 0) throw new Error(`nothing was found for ${text}, whose words were written`)
      found.push(items.flatMap(({ id, hit }) => [id, hit.message_id]))
    })
  })
  return { found, p50: median(times), p99: at99(times), delayP99, idleP99, ownMs: ownMs(before) / asked.length }
}

/** Milliseconds that commands took, by what they do. */
type Held = Readonly<Record<'add' | 'write' | 'finish' | 'forget', number[]>>

const added = 1000

/** Brings in another user's messages as a server does, and forgets some, on the connection that writes: how long each command holds it. */
async function holdWriter({ db, run }: Engine): Promise<Held> {
  const held: Held = { add: [], write: [], finish: [], forget: [] }
  const timed = async <T>(what: keyof Held, command: Command<T>): Promise<T> => {
    const began = performance.now()
    const result = await run(command)
    held[what].push(performance.now() - began)
    return result
  }
  const { write, below } = writer(9)
  await run(insertMessages(db, Array.from({ length: added }, (_, number) => ({ actor: bob, number, text: write(30 + below(60)) }))))
  for (let documents = await run(readUnindexed(db)); documents.length > 0; documents = await run(readUnindexed(db))) {
    await timed('add', addDocuments(db, { documents, now: 2 }))
    const merge = await run(planMerge(db))
    if (!merge) continue
    for (const slice of merge.slices) await timed('write', writePostings(db, { archiveId: merge.archiveId, slice }))
    await timed('finish', finishMerge(db, { archiveId: merge.archiveId, upTo: merge.upTo }))
  }
  for (let n = 0; n < added / 100; n++) await timed('forget', forgetDocuments(db, { conversationId: `c_${bob.userId}_${n}`, limit: 50 }))
  for (let plan = await run(planForgetting(db)); plan; plan = await run(planForgetting(db))) await timed('forget', forgetPostings(db, plan))
  return held
}

const spread = (held: Held) => Object.entries(held).map(([what, times]) => `${what} ${median(times).toFixed(1)} and ${at99(times).toFixed(1)}`).join(', ')

async function timesOf<T>(inputs: readonly T[], work: (input: T) => Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = []
  for (const input of inputs) {
    const began = performance.now()
    await work(input)
    times.push(performance.now() - began)
  }
  return times
}

/** Milliseconds of the processor that this thread used since then. */
function ownMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(since)
  return (user + system) / 1000
}

/** How late timers of this thread are, at the 99th percentile, in milliseconds. */
async function delayDuring(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  await work()
  delay.disable()
  return delay.percentile(99) / 1e6
}

/** The 99th percentile. */
function at99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? Number.NaN
}

const ms = (milliseconds: number) => `${milliseconds.toFixed(1)} ms`

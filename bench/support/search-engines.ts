/** The engines whose search is measured: how each is filled, opened as a server opens it, and compared with what it brings itself. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { postgresSql } from '../../server/store/postgres/compiler.ts'
import { Connections } from '../../server/store/postgres/connection.ts'
import { openPostgresStore } from '../../server/store/postgres/postgres-store.ts'
import { sqliteSql } from '../../server/store/sqlite/compiler.ts'
import { Connection } from '../../server/store/sqlite/connection.ts'
import { databaseFile, openDatabase } from '../../server/store/sqlite/open-database.ts'
import { openSqliteStore } from '../../server/store/sqlite/sqlite-store.ts'
import type { Store } from '../../server/store/store.ts'
import { Postgres, postgresMissing } from '../../tests/support/postgres.ts'
import { temporaryFolder } from './children.ts'
import type { Engine } from './fill-search.ts'

/** What the engine itself would search with, in a table that all users share. */
export interface Peer {
  readonly name: string
  keep(userId: string, texts: readonly string[]): Promise<void>
  /** Once everything is kept. */
  ready(): Promise<void>
  /** The twenty best of this user's that hold one of the words. */
  search(userId: string, words: readonly string[]): Promise<void>
}

export interface SearchEngine extends AsyncDisposable {
  readonly name: string
  readonly filling: Engine
  readonly peer: Peer
  /** Ends the filling. */
  openStore(): Promise<Store>
  bytes(): Promise<number>
}

const newEpoch = 'epoch-bench'

/** Each engine, or why it cannot run here. */
export const searchEngines: Readonly<Record<string, { readonly missing: string | false; readonly open: () => Promise<SearchEngine> }>> = {
  SQLite: { missing: false, open: openSqlite },
  Postgres: { missing: postgresMissing, open: openPostgres },
}

async function openSqlite(): Promise<SearchEngine> {
  const opened = new AsyncDisposableStack()
  const directory = opened.use(temporaryFolder()).path
  const file = databaseFile(directory)
  openDatabase(file, newEpoch)
  const connection = new Connection(file, { readOnly: false })
  connection.database.exec('pragma synchronous = off')
  return {
    name: 'SQLite', peer: fts5(opened.adopt(new DatabaseSync(join(directory, 'peer.db')), (database) => database.close())),
    filling: { db: sqliteSql, run: async (command) => connection.transaction('immediate', () => connection.run(command)) },
    async openStore() {
      connection.close()
      return opened.use(openSqliteStore({ directory, newEpoch }))
    },
    bytes: async () => statSync(file).size,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

function fts5(database: DatabaseSync): Peer {
  database.exec("pragma synchronous = off; create virtual table shared using fts5(owner unindexed, body, tokenize = 'unicode61')")
  const insert = database.prepare('insert into shared values (?, ?)')
  const select = database.prepare('select rowid from shared where shared match ? and owner = ? order by bm25(shared) limit 20')
  return {
    name: 'FTS5',
    async keep(userId, texts) {
      database.exec('begin')
      for (const text of texts) insert.run(userId, text)
      database.exec('commit')
    },
    async ready() {},
    search: async (userId, words) => void select.all(words.map((word) => `"${word}"`).join(' OR '), userId),
  }
}

async function openPostgres(): Promise<SearchEngine> {
  const opened = new AsyncDisposableStack()
  const postgres = opened.use(await Postgres.start())
  const url = await postgres.makeDatabase()
  const openStore = async () => opened.use(await openPostgresStore({ url, newEpoch, owner: 'n_bench', leaseMs: 15_000 }))
  await openStore()
  const filler = new Connections({ url, connections: 1 })
  const client = opened.adopt(new Client({ connectionString: url }), (connected) => connected.end())
  await client.connect()
  return {
    name: 'Postgres', peer: await tsvector(client),
    filling: { db: postgresSql, run: (command) => filler.transaction('write', command) },
    async openStore() {
      await filler.close()
      // As a server does by itself from time to time.
      await client.query('vacuum analyze')
      return openStore()
    },
    bytes: async () => Number((await client.query('select pg_database_size(current_database()) - pg_total_relation_size($1) as bytes', ['shared'])).rows[0].bytes),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

async function tsvector(client: Client): Promise<Peer> {
  await client.query("set synchronous_commit = off; set maintenance_work_mem = '512MB'; create unlogged table shared (id bigint generated always as identity, owner text, words tsvector)")
  return {
    name: 'tsvector and ts_rank',
    keep: async (userId, texts) => void await client.query("insert into shared (owner, words) select $1, to_tsvector('simple', text) from unnest($2::text[]) as text", [userId, texts]),
    ready: async () => void await client.query('create index on shared using gin (words); create index on shared (owner); analyze shared'),
    search: async (userId, words) => void await client.query({
      name: 'peer', text: "select id from shared, to_tsquery('simple', $2) as question where words @@ question and owner = $1 order by ts_rank(words, question) desc limit 20",
      values: [userId, words.join(' | ')],
    }),
  }
}

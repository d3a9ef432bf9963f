import { Pool, types, type ClientBase, type PoolClient, type PoolConfig } from 'pg'
import type { CompiledQuery } from 'kysely'
import type { Asked, Command } from '../command.ts'
import { isConnectionLoss } from './errors.ts'
import { fromStoredText, toStoredText } from './text.ts'

/** Milliseconds until a connection must be there: a new one, or one that others have in use. */
const connectMs = 5000
/** Milliseconds until an answer must be there. No statement of ours takes long; what does is a connection that leads nowhere. */
const answerMs = 10_000
/** A process that stops in the middle of a transaction must not hold up the others for longer. */
const standstillMs = 5000

/** Postgres's numbers of its types (`select oid, typname from pg_type`). */
const int8 = 20
const text = 25

/** Counts, moments and ids of rows fit JavaScript's numbers. */
const parsers = new Map<number, (value: string) => unknown>([[int8, Number], [text, fromStoredText]])

const begin = {
  write: 'begin isolation level read committed',
  /** All statements see the data as of one moment. */
  read: 'begin isolation level repeatable read, read only',
} as const

export interface ConnectionOptions {
  readonly url: string
  /** Connections at most. They are made when they are needed, and again when they are lost. */
  readonly connections: number
  /** Called for each new connection, before it is used. */
  readonly onConnect?: (run: <T>(command: Command<T>) => Promise<T>) => Promise<void>
}

/** Connections to one Postgres that run commands to their end. What the driver throws is thrown as it is: see errors.ts. */
export class Connections {
  readonly #pool: Pool
  readonly #running = new Set<Promise<unknown>>()

  constructor({ url, connections, onConnect }: ConnectionOptions) {
    const connected = async (client: ClientBase) => {
      // A connection that breaks while it is ours is noticed by the next statement.
      client.on('error', () => {})
      await raiseDurability(client)
      await onConnect?.((command) => run(client, command))
    }
    this.#pool = new Pool({
      connectionString: url, max: connections, keepAlive: true, application_name: 'parley', allowExitOnIdle: true,
      connectionTimeoutMillis: connectMs, query_timeout: answerMs, statement_timeout: answerMs, idle_in_transaction_session_timeout: standstillMs,
      types: { getTypeParser: (type, format) => (format === 'text' && parsers.get(type)) || types.getTypeParser(type, format) },
      onConnect: connected as NonNullable<PoolConfig['onConnect']>,
    })
    // Connections that break while nobody uses them are replaced.
    this.#pool.on('error', () => {})
  }

  /** Runs a command whose statements are one transaction each. */
  statements<T>(command: Command<T>): Promise<T> {
    return this.#counted(this.#use((client) => run(client, command)))
  }

  /** Runs a command as one transaction. When it resolves, it is committed; when it rejects, see isConnectionLoss. */
  transaction<T>(kind: keyof typeof begin, command: Command<T>): Promise<T> {
    return this.#counted(this.#use((client) => inTransaction(client, kind, command)))
  }

  /** Waits for what was asked before, and closes every connection. */
  async close(): Promise<void> {
    // A pool that ends forgets those that wait for a connection.
    await Promise.allSettled(this.#running)
    await this.#pool.end()
  }

  #counted<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work)
    const done = () => void this.#running.delete(work)
    work.then(done, done)
    return work
  }

  async #use<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect()
    let broken = false
    try {
      return await work(client)
    } catch (error) {
      broken = isConnectionLoss(error)
      throw error
    } finally {
      client.release(broken)
    }
  }
}

async function inTransaction<T>(client: PoolClient, kind: keyof typeof begin, command: Command<T>): Promise<T> {
  await client.query(begin[kind])
  try {
    const result = await run(client, command)
    const { command: ended } = await client.query('commit')
    // What Postgres answers to the commit of a transaction in which a statement failed.
    if (ended !== 'COMMIT') throw new Error(`the transaction ended with ${ended}`)
    return result
  } catch (error) {
    if (!isConnectionLoss(error)) await client.query('rollback')
    throw error
  }
}

async function run<T>(client: ClientBase, command: Command<T>): Promise<T> {
  let step = command.next()
  while (!step.done) {
    let asked
    try {
      asked = await ask(client, step.value)
    } catch (error) {
      step = command.throw(error)
      continue
    }
    step = command.next(asked)
  }
  return step.value
}

async function ask(client: ClientBase, { sql, parameters }: CompiledQuery): Promise<Asked> {
  const { rows, rowCount } = await client.query<object>(sql, parameters.map(toStoredValue))
  return { rows, changed: rowCount ?? 0 }
}

function toStoredValue(value: unknown): unknown {
  if (typeof value === 'string') return toStoredText(value)
  return Array.isArray(value) ? value.map(toStoredValue) : value
}

/** A commit counts when it is on disk, whatever the server, the database or the role have been set to. */
async function raiseDurability(client: ClientBase): Promise<void> {
  await client.query("select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') not in ('on', 'remote_apply')")
}

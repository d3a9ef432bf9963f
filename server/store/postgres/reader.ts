/** The reader thread: lists, searches and whatever else takes long, away from the thread that streams. Each read is its own transaction. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Command } from '../command.ts'
import { queries } from '../queries.ts'
import type { Sql } from '../schema.ts'
import type { Call, Reply } from '../thread.ts'
import { postgresSql } from './compiler.ts'
import { Connections } from './connection.ts'
import { again, describeError } from './errors.ts'

/** While one read waits for the database, another is thought about. */
const readConnections = 4

const { url } = workerData as { url: string }
const connections = new Connections({ url, connections: readConnections })
const port = parentPort!

port.on('message', async (call: Call | 'close') => {
  if (call === 'close') {
    await connections.close()
    port.close()
    return
  }
  port.postMessage([await answer(call)])
})

async function answer({ id, name, input }: Call): Promise<Reply> {
  const query = queries[name as keyof typeof queries] as (db: Sql, input: unknown) => Command<unknown>
  try {
    return { id, result: await again(() => connections.transaction('read', query(postgresSql, input))) }
  } catch (error) {
    return { id, error: describeError(error) }
  }
}

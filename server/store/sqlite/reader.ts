/** The reader thread: lists, scans and whatever else takes long, away from the thread that streams. Each read is its own transaction. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Command } from '../command.ts'
import { queries } from '../queries.ts'
import type { Sql } from '../schema.ts'
import type { Call, Reply } from '../thread.ts'
import { sqliteSql } from './compiler.ts'
import { Connection } from './connection.ts'
import { describeError } from './errors.ts'

const { file } = workerData as { file: string }
const connection = new Connection(file, { readOnly: true })
const port = parentPort!

port.on('message', (call: Call | 'close') => {
  if (call === 'close') {
    connection.close()
    port.close()
    return
  }
  port.postMessage([answer(call)])
})

function answer({ id, name, input }: Call): Reply {
  const query = queries[name as keyof typeof queries] as (db: Sql, input: unknown) => Command<unknown>
  try {
    return { id, result: connection.transaction('deferred', () => connection.run(query(sqliteSql, input))) }
  } catch (error) {
    return { id, error: describeError(error) }
  }
}

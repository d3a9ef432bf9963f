/** The writer thread: it has the only connection that writes. What waits when it looks is one commit. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { Call } from '../thread.ts'
import { Connection } from './connection.ts'
import { commitTogether } from './group-commit.ts'

/** Calls of one commit at most, so that a flood cannot hold the first of them back. */
const groupLimit = 256

const { file } = workerData as { file: string }
const connection = new Connection(file, { readOnly: false })
const port = parentPort!

port.on('message', (first: Call | 'close') => {
  const calls: Call[] = []
  let closing = first === 'close'
  if (first !== 'close') calls.push(first)
  while (!closing && calls.length < groupLimit) {
    const next = receiveMessageOnPort(port)?.message as Call | 'close' | undefined
    if (next === undefined) break
    if (next === 'close') closing = true
    else calls.push(next)
  }
  if (calls.length > 0) port.postMessage(commitTogether(connection, calls))
  if (closing) {
    connection.database.exec('pragma wal_checkpoint(truncate)')
    connection.close()
    port.close()
  }
})

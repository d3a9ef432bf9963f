import { readTimeline } from '../queries/turns.ts'
import type { TurnTimeline } from '../store.ts'
import { postgresSql as db } from './compiler.ts'
import { Connections } from './connection.ts'
import { readEpoch } from './open-database.ts'

/** One turn's timeline, read beside servers that may be running. Null: there is no such turn. */
export async function timelineOf(url: string, turnId: string): Promise<TurnTimeline | null> {
  const connections = new Connections({ url, connections: 1 })
  try {
    const epoch = await connections.statements(readEpoch(db))
    return await connections.transaction('read', readTimeline(db, { turnId, epoch }))
  } finally {
    await connections.close()
  }
}

import { existsSync } from 'node:fs'
import { readFact } from '../migrations.ts'
import { readTimeline } from '../queries/turns.ts'
import type { TurnTimeline } from '../store.ts'
import { sqliteSql } from './compiler.ts'
import { Connection } from './connection.ts'
import { databaseFile } from './open-database.ts'

/** One turn's timeline, read beside a server that may be running: nothing is locked and nothing is written. Null: there is no such turn. */
export function timelineOf(directory: string, turnId: string): TurnTimeline | null {
  const file = databaseFile(directory)
  if (!existsSync(file)) throw new Error(`There is no data in ${directory}. Set PARLEY_DATA to the folder that Parley was started with.`)
  const connection = new Connection(file, { readOnly: true })
  try {
    return connection.transaction('deferred', () => {
      const epoch = connection.run(readFact(sqliteSql, 'epoch')) ?? ''
      return connection.run(readTimeline(sqliteSql, { turnId, epoch }))
    })
  } finally {
    connection.close()
  }
}

import { commands } from '../commands.ts'
import type { Command } from '../command.ts'
import type { Sql } from '../schema.ts'
import type { Call, Reply } from '../thread.ts'
import { sqliteSql } from './compiler.ts'
import type { Connection } from './connection.ts'
import { describeError } from './errors.ts'

type AnyCommand = (db: Sql, input: unknown) => Command<unknown>

/**
 * All calls that wait share one commit; each has its own savepoint, so that one that fails takes nothing with it. If the
 * commit itself fails, every call of the group failed: nobody is told of a write that is not on disk.
 */
export function commitTogether(connection: Connection, calls: readonly Call[]): readonly Reply[] {
  try {
    return connection.transaction('immediate', () => calls.map((call) => runOne(connection, call)))
  } catch (error) {
    const described = describeError(error)
    return calls.map(({ id }) => ({ id, error: described }))
  }
}

function runOne(connection: Connection, { id, name, input }: Call): Reply {
  const command = commands[name as keyof typeof commands] as AnyCommand
  try {
    return { id, result: connection.savepoint(() => connection.run(command(sqliteSql, input))) }
  } catch (error) {
    // Where SQLite gave up the whole transaction, the earlier calls of the group are gone too.
    if (!connection.database.isTransaction) throw error
    return { id, error: describeError(error) }
  }
}

/** A process that opens a data folder and leaves: `node open-data.ts DIRECTORY [die in each step]`. */
import { migrations, type Migration } from '../../server/store/migrations.ts'
import { openSqliteStore } from '../../server/store/sqlite/sqlite-store.ts'

const [directory, dying] = process.argv.slice(2)
/** Each step is all done but for its commit. */
const deadly: readonly Migration[] = migrations.map((migration) => ({
  ...migration, steps: (db) => [...migration.steps(db), { compile: () => process.kill(process.pid, 'SIGKILL') as never }],
}))

const store = openSqliteStore({ directory: directory!, newEpoch: 'epoch-9', ...(dying !== undefined && { history: deadly }) })
await store[Symbol.asyncDispose]()

/** Config → open the app → listen → wait for a signal → drain. */
import { enableCompileCache } from 'node:module'

enableCompileCache()
process.umask(0o077)
// Whoever read our lines may go away (`npm start | head`); the service stays.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {})

/** Beyond the grace for running turns: after so long the process ends, whatever still hangs. */
const closingMs = 4000

try {
  const { readEnvironment } = await import('./config/env.ts')
  const { dataPlace, readConfig } = await import('./config/config.ts')
  const { openApp } = await import('./app.ts')
  const config = readConfig(readEnvironment(), { workingDirectory: process.cwd(), development: process.argv.includes('--development') })
  const app = await openApp(config, { localServers: 'usual' })
  const { offered = [] } = app.turns.models
  const models = offered.length === 0 ? '' : `  Found: ${shown(offered)}\n`
  console.log(`\n  Parley is at ${app.url}/chat\n  Data: ${dataPlace(config)}\n${models}`)

  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, resolve)
  })
  setTimeout(() => process.exit(1), config.drainMs + closingMs).unref()
  if (signal === 'SIGINT') process.once('SIGINT', () => process.exit(130))
  await app.drain(config.drainMs)
  process.exit(0)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}

/** Models that were found, by name, as many as a line holds. */
function shown(models: readonly string[]): string {
  const most = 4
  return models.slice(0, most).join(', ') + (models.length > most ? ` and ${models.length - most} more` : '')
}

/** What operators type: `parley backup FILE`, `parley restore FILE`, `parley turn ID`. A root like main, and one that says which store it works on. */
import { resolve } from 'node:path'
import { ConfigError } from './config/config-error.ts'
import { dataPlace, readConfig, type Config } from './config/config.ts'
import { readEnvironment } from './config/env.ts'
import type { Environment } from './config/environment.ts'
import { systemClock } from './lib/clock.ts'
import { makeId } from './lib/ids.ts'
import type { TurnTimeline } from './store/store.ts'
import { backUp } from './store/sqlite/backup.ts'
import { restore } from './store/sqlite/restore.ts'
import { timelineOf } from './store/sqlite/timeline.ts'
import { backUp as backUpPostgres } from './store/postgres/backup.ts'
import { restore as restorePostgres } from './store/postgres/restore.ts'
import { timelineOf as timelineOnPostgres } from './store/postgres/timeline.ts'

interface OperatorCommand {
  /** The word for what it takes; each takes one. */
  readonly takes: 'FILE' | 'ID'
  readonly does: string
  /** Resolves with what to print. */
  readonly run: (config: Config, given: string, environment: Environment) => Promise<readonly string[]>
}

const newEpoch = () => makeId('f', systemClock.now())

const operatorCommands: Readonly<Record<string, OperatorCommand>> = {
  backup: {
    takes: 'FILE',
    does: 'write all data to a new file; the server may be running',
    async run(config, given, environment) {
      const { databaseUrl, dataDirectory } = config
      const [started, target] = [systemClock.monotonic(), resolve(given)]
      const { bytes } = databaseUrl === null ? await backUp(dataDirectory, target, newEpoch()) : await backUpPostgres(databaseUrl, target, environment)
      return [`Backed up ${dataPlace(config)} to ${target}: ${sizeOf(bytes)} in ${secondsSince(started)}.`]
    },
  },
  restore: {
    takes: 'FILE',
    does: 'put a backup in the place of the data, which is moved aside; the server must be stopped',
    async run(config, given, environment) {
      const { databaseUrl, dataDirectory } = config
      const [started, from] = [systemClock.monotonic(), resolve(given)]
      const options = { newEpoch: newEpoch(), now: systemClock.now(), environment }
      const { bytes, movedTo } = databaseUrl === null ? await restore(dataDirectory, from, options) : await restorePostgres(databaseUrl, from, options)
      return [
        `Restored ${from} to ${dataPlace(config)}: ${sizeOf(bytes)} in ${secondsSince(started)}.`,
        ...(movedTo === null ? [] : [`What was there before is now ${databaseUrl === null ? '' : 'in the schema '}${movedTo}.`]),
      ]
    },
  },
  turn: {
    takes: 'ID',
    does: 'tell what happened in one turn, without its text; the server may be running',
    async run(config, given) {
      const { databaseUrl, dataDirectory } = config
      const timeline = databaseUrl === null ? timelineOf(dataDirectory, given) : await timelineOnPostgres(databaseUrl, given)
      if (timeline === null) throw new Error(`There is no turn ${given} in ${dataPlace(config)}.`)
      return describeTimeline(timeline)
    },
  },
}

const help: readonly string[] = [
  'parley start                 serve; what can be set is in docs/guides',
  ...Object.entries(operatorCommands).map(([name, { takes, does }]) => `parley ${`${name} ${takes}`.padEnd(22)}${does}`),
  'parley help                  this',
]

function describeTimeline({ turn, tenantId, userId, attempts, receipt, loggedRows }: TurnTimeline): readonly string[] {
  return table([
    ['turn', turn.id],
    ['state', turn.failure === null ? turn.state : `${turn.state} (${turn.failure.code})`],
    ['of', `user ${userId}, tenant ${tenantId}`],
    ['conversation', turn.conversation_id],
    ['agent', turn.requested_model === null ? turn.agent_id : `${turn.agent_id}, asked for ${turn.requested_model}`],
    ['created', turn.created_at],
    ...attempts.map((attempt): [string, string] => [
      `attempt ${attempt.n}`,
      [
        attempt.started_at, `${attempt.provider}/${attempt.model}`, attempt.state,
        ...(attempt.error === null ? [] : [attempt.error]), ...(attempt.provider_status === null ? [] : [`status ${attempt.provider_status}`]),
        `first delta ${between(attempt.started_at, attempt.first_delta_at)}`, `ended ${between(attempt.started_at, attempt.ended_at)}`,
      ].join(', '),
    ]),
    ['closed', turn.closed_at === null ? 'not yet' : `${turn.closed_at}, after ${between(turn.created_at, turn.closed_at)}`],
    ['events', `${loggedRows} logged, epoch ${turn.epoch}`],
    ['receipt', receipt === null ? 'not yet' : receipt.id],
  ])
}

function table(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2
  return rows.map(([name, value]) => name.padEnd(width) + value)
}

function between(from: string, to: string | null): string {
  return to === null ? 'not yet' : `${Date.parse(to) - Date.parse(from)} ms`
}

function sizeOf(bytes: number): string {
  return bytes < 1024 ** 2 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`
}

function secondsSince(started: number): string {
  return `${((systemClock.monotonic() - started) / 1000).toFixed(1)} s`
}

/** Resolves with the exit code: 0 done, 1 it could not be done, 2 it was not understood. */
async function main(words: readonly string[]): Promise<number> {
  const [name, given, ...more] = words
  if (name === 'help' || name === '--help' || name === '-h') {
    console.log(help.join('\n'))
    return 0
  }
  const command = name !== undefined && Object.hasOwn(operatorCommands, name) ? operatorCommands[name] : undefined
  if (command === undefined || given === undefined || more.length > 0) {
    console.error([command === undefined ? unknown(name) : `parley ${name} takes one ${command.takes}.`, ...help].join('\n'))
    return 2
  }
  try {
    const environment = readEnvironment()
    const config = readConfig(environment, { workingDirectory: process.cwd() })
    console.log((await command.run(config, given, environment)).join('\n'))
    return 0
  } catch (error) {
    console.error(error instanceof ConfigError ? error.problems.join('\n') : (error as Error).message)
    return 1
  }
}

const unknown = (name: string | undefined) => (name === undefined ? 'What should be done?' : `parley does not know "${name}".`)

process.umask(0o077)
process.exitCode = await main(process.argv.slice(2))
